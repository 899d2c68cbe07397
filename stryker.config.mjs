// Mutates one room of the built package; `npm run test:mutants` says which, by MUTANT_ROOM.
import { GENERATED, ROOMS } from './scripts/mutants/rooms.mjs';

const room = process.env.MUTANT_ROOM ?? 'looks';
const { files, target } = ROOMS[room];
const folder = '.mutants';

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  mutate: [
    ...(process.env.MUTANT_FILES?.split(' ') ?? files.map((path) => `dist/nodes/Asapp/${path}/**/*.js`)),
    ...GENERATED.map((path) => `!${path}`),
  ],
  testRunner: 'jest',
  jest: { configFile: 'jest.mutants.config.js', enableFindRelatedTests: false },
  coverageAnalysis: 'perTest',
  plugins: ['@stryker-mutator/jest-runner', './scripts/mutants/ignore.mjs'],
  ignorers: ['unnoticeable'],
  incremental: true,
  incrementalFile: `${folder}/${room}.incremental.json`,
  reporters: ['clear-text', 'json', 'html'],
  clearTextReporter: { logTests: false, reportTests: false, reportMutants: false },
  jsonReporter: { fileName: `${folder}/${room}.json` },
  htmlReporter: { fileName: `${folder}/${room}.html` },
  tempDirName: `${folder}/tmp`,
  ignorePatterns: [folder, '.cache', 'bench', 'coverage', 'docs/images'],
  // Tests wait for servers more than they work.
  concurrency: Number(process.env.MUTANT_CONCURRENCY ?? 4),
  timeoutMS: 20_000,
  thresholds: { high: 100, low: target, break: null },
};
