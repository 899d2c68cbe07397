// The tests in n8n's queue mode; `npm run test:queue` prepares what they need.
const { testEnvironment, transform } = require('./jest.config.js');

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment,
  transform,
  testMatch: ['<rootDir>/test/queue/**/*.test.ts'],
  // Each suite starts main and workers on the same data.
  maxWorkers: 1,
  testTimeout: 180_000,
};
