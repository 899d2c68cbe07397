// The tests of the built node in another n8n than that of node_modules; scripts/compat.mjs says which.
const { join } = require('node:path');

const ENGINE = join(process.env.N8N_ENGINE ?? '', 'node_modules');

const config = require('./jest.config.js');

/** @type {import('jest').Config} */
module.exports = {
  ...config,
  testMatch: ['<rootDir>/test/engine/**/*.test.ts', '<rootDir>/test/faults/**/*.test.ts'],
  // Whoever asks for them, the tests, the engine itself or the built node, must get the same.
  moduleNameMapper: {
    ...config.moduleNameMapper,
    '^(n8n-core|n8n-workflow|reflect-metadata)(/.+)?$': `${ENGINE}/$1$2`,
  },
  // A timer of an older engine's own, for SSH connections it does not have, would keep the process for good.
  forceExit: true,
};
