// Which part of the built package is mutated together, which tests judge it, and how many mutants they must notice.

/** In percent. */
const MOST = 85;
const NEARLY_ALL = 90;

const DELIVERY = [
  'test/unit/delivery',
  'test/unit/outage',
  'test/unit/spacing',
  'test/unit/rate',
  'test/unit/sharedLanes',
  'test/engine/delivery',
  'test/engine/settled',
];
const EXACTLY_ONCE = [
  'test/engine/doubts',
  'test/engine/retry',
  'test/engine/lookBeforeSending',
  'test/engine/reply/healed',
  'test/engine/timestamp',
  'test/engine/counts',
];

/**
 * Laws are left out, as they try hundreds of cases for each mutant, and so is whatever starts processes of its own. A test
 * is named by how its path begins.
 *
 * @type {Record<string, { files: string[], tests: string[], target: number }>}
 */
export const ROOMS = {
  looks: { files: ['looks'], tests: ['test/unit/looks'], target: MOST },
  errors: {
    files: ['errors'],
    tests: [
      'test/unit/errors',
      'test/unit/redact',
      'test/unit/proof',
      'test/unit/errorKinds',
      'test/unit/quoted',
    ],
    target: NEARLY_ALL,
  },
  delivery: { files: ['delivery'], tests: DELIVERY, target: NEARLY_ALL },
  outputs: {
    files: ['outputs'],
    tests: [
      'test/engine/branches',
      'test/engine/onError',
      'test/engine/tool.',
      'test/contract/contract',
      'test/unit/outputs',
    ],
    target: MOST,
  },
  fields: {
    files: ['fields'],
    tests: [
      'test/unit/exactNumber',
      'test/unit/operation',
      'test/unit/fields',
      'test/engine/analyze',
      'test/engine/authenticate',
      'test/engine/ids',
      'test/engine/numbers',
      'test/engine/timestamp',
      'test/engine/expressions',
      'test/engine/operations/sent',
      'test/engine/operations/refused',
      'test/contract/contract',
    ],
    target: MOST,
  },
  transport: {
    files: ['transport'],
    tests: [
      'test/unit/baseUrl',
      'test/unit/transport',
      'test/engine/credential',
      'test/faults/connection',
      'test/faults/redirect',
      'test/faults/body',
      'test/engine/operations/answers',
    ],
    target: MOST,
  },
  events: {
    files: ['events', '../AsappStreamTrigger', '../AsappTrigger'],
    tests: [
      'test/unit/events',
      'test/engine/eventStream',
      'test/engine/triggers',
      'test/engine/reply',
      'test/contract/triggers',
    ],
    target: MOST,
  },
  run: {
    files: ['run'],
    tests: [
      ...EXACTLY_ONCE,
      ...DELIVERY.filter((path) => path.startsWith('test/engine')),
      'test/engine/analyze',
      'test/engine/onError',
      'test/engine/credentialPerItem',
      'test/engine/unforeseen',
      'test/engine/reply/reply',
    ],
    target: MOST,
  },
};

/**
 * Functions whose source text goes into an expression of n8n: there is nothing to count mutants with in an expression.
 * test/engine/branches and test/e2e/branches test what n8n makes of them.
 */
export const NOT_MUTATED = ['configuredOutputs'];

/** Written by `npm run contract`, and held against the specification by `npm test`. */
export const GENERATED = ['dist/nodes/Asapp/transport/endpoints.js', 'dist/nodes/Asapp/contract.js'];
