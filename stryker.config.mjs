const room = process.env.MUTANT_ROOM ?? 'looks';
/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  testRunner: 'jest',
  plugins: ['@stryker-mutator/jest-runner', './scripts/mutants/ignoreModuleFrame.mjs'],
  ignorers: ['moduleFrame'],
  jest: { configFile: 'jest.mutants.config.js', enableFindRelatedTests: false },
  coverageAnalysis: 'perTest',
  mutate: (process.env.MUTATE ?? `dist/nodes/Asapp/${room}/**/*.js`).split(' '),
  reporters: ['clear-text', 'json', 'html'],
  clearTextReporter: { logTests: false, reportTests: false },
  jsonReporter: { fileName: `.mutants/${room}.json` },
  htmlReporter: { fileName: `.mutants/${room}.html` },
  incremental: true,
  incrementalFile: `.mutants/${room}.incremental.json`,
  tempDirName: '.mutants/tmp',
  concurrency: 2,
  timeoutMS: 20000,
  ignorePatterns: ['.cache', 'coverage', 'docs/images', 'bench', '.mutants'],
  thresholds: { high: 95, low: 85, break: null },
};
