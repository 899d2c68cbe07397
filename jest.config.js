/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // These need a whole n8n: jest.e2e.config.js.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/e2e/'],
  transform: { '^.+\\.ts$': ['ts-jest', { diagnostics: false }] },
  // The engine reads ~/.n8n on first use; tests must not.
  setupFiles: ['<rootDir>/test/setup.ts'],
  testTimeout: 30_000,
};
