const { availableParallelism } = require('node:os');

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  // The types are those of the sources; what runs is the build, as in n8n.
  moduleNameMapper: { '^(?:\\.\\./)+nodes/(Asapp.*)$': '<rootDir>/dist/nodes/$1' },
  reporters: ['default', '<rootDir>/scripts/slowestTests.cjs'],
  // A copy of everything, while mutants are tried.
  modulePathIgnorePatterns: ['<rootDir>/.mutants/'],
  // These need a whole n8n: jest.e2e.config.js, jest.queue.config.js.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/e2e/', '<rootDir>/test/queue/'],
  transform: { '^.+\\.ts$': ['ts-jest', { diagnostics: false }] },
  // The engine reads ~/.n8n on first use; tests must not.
  setupFiles: ['<rootDir>/test/setup.ts'],
  // The suites wait for servers more than they work: on two cores three at once take 2 min 12 s, two 3 min 28 s.
  maxWorkers: Math.max(3, availableParallelism() - 1),
  testTimeout: 30_000,
};
