// The tests in a whole n8n; `npm run test:e2e` prepares what they need.
const { testEnvironment, transform } = require('./jest.config.js');

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment,
  transform,
  testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
  globalSetup: '<rootDir>/test/e2e/support/startBefore.ts',
  globalTeardown: '<rootDir>/test/e2e/support/stopAfter.ts',
  // All suites share one n8n.
  maxWorkers: 1,
  // Each command of n8n takes seconds.
  testTimeout: 120_000,
};
