// The tests that judge the mutants of one room; `npm run test:mutants` says which, by MUTANT_TESTS.
const { testEnvironment, transform, setupFiles, testTimeout, moduleNameMapper } = require('./jest.config.js');

// A time without a zone is in UTC, wherever the machine is.
process.env.TZ = 'America/New_York';

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment,
  transform,
  setupFiles,
  testTimeout,
  testMatch: (process.env.MUTANT_TESTS ?? '')
    .split(' ')
    .flatMap((path) => [`<rootDir>/${path}*test.ts`, `<rootDir>/${path}/**/*.test.ts`]),
  moduleNameMapper,
};
