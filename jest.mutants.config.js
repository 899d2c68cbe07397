// The tests that judge mutants: of the built JavaScript, in one process after another.
const { testEnvironment, transform, setupFiles, testTimeout } = require('./jest.config.js');

// A time without a zone is in UTC wherever the machine is.
process.env.TZ = 'America/New_York';

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment,
  transform,
  setupFiles,
  testTimeout,
  testMatch: (process.env.MUTANT_TESTS ?? 'test/unit/looks test/engine/doubts')
    .split(' ')
    .map((path) => `<rootDir>/${path}*/**/*.test.ts`)
    .concat((process.env.MUTANT_TESTS ?? '').split(' ').map((path) => `<rootDir>/${path}*.test.ts`)),
  // What a test takes from the sources is judged as it is built, too.
  moduleNameMapper: { '^(?:\\.\\./)+nodes/(.*)$': '<rootDir>/dist/nodes/$1' },
};
