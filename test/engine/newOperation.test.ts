import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { loadNodePackage } from '../../scripts/engine/nodePackage';
import { startSandbox, type Sandbox } from '../../sandbox';
import { runAsapp, type Asapp } from '../support/asapp';

/** What CONTRIBUTING.md asks for: an entry in the specification, a file, a line in an index. */
const SPECIFICATION = `
  /conversation/v1/conversations/{conversationId}/notes:
    get:
      operationId: getNotes
      parameters:
        - { $ref: '#/components/parameters/ConversationId' }
        - { name: author, in: query, schema: { type: string } }
      responses:
        '200':
          description: The notes.
          content:
            application/json:
              schema:
                type: object
                required: [notes]
                properties:
                  notes:
                    type: array
                    items:
                      type: object
                      properties: { note: { type: string, example: Call back } }
        default: { $ref: '#/components/responses/InternalServerError' }
`;
const OPERATION = `
import { conversationId } from '../../fields/common';
import { optionalIdField } from '../../fields/text';
import { operation } from '../operation';

export const getNotes = operation({
  option: { name: 'Get Notes', value: 'getNotes', action: 'Get notes', description: 'Read the notes' },
  endpoint: 'getNotes',
  fields: { conversationId },
  options: {
    author: optionalIdField({
      displayName: 'Author', name: 'author', type: 'string', default: '', description: 'Who wrote them',
    }),
  },
  request: ({ conversationId: id, author }) => ({ path: { conversationId: id }, query: { author } }),
  effect: 'read',
  list: { key: 'notes' },
});
`;

const ROOT = resolve(__dirname, '../..');
const COPIED = [
  ...['nodes', 'credentials', 'icons', 'spec', 'sandbox', 'scripts', 'package.json', 'gulpfile.js'],
  ...['tsconfig.json', 'tsconfig.build.json', '.prettierrc.json'],
];

let folder: string;
let sandbox: Sandbox;
let asapp: Asapp;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'new-operation-'));
  for (const name of COPIED) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const change = (path: string, from: string, to: string) => {
    const file = join(folder, path);
    const text = readFileSync(file, 'utf8');
    expect(text).toContain(from);
    writeFileSync(file, text.replace(from, to));
  };
  const specification = join(folder, 'spec/asapp.openapi.yaml');
  change('spec/asapp.openapi.yaml', '\ncomponents:', `${SPECIFICATION}components:`);
  writeFileSync(join(folder, 'nodes/Asapp/operations/conversation/getNotes.ts'), OPERATION);
  change(
    'nodes/Asapp/operations/conversation/index.ts',
    "import { get } from './get';",
    "import { get } from './get';\nimport { getNotes } from './getNotes';",
  );
  change('nodes/Asapp/operations/conversation/index.ts', 'find, get]', 'find, get, getNotes]');
  execFileSync(process.execPath, ['scripts/contract.mjs'], { cwd: folder, stdio: 'pipe' });
  execFileSync(process.execPath, [join(ROOT, 'node_modules/gulp/bin/gulp.js'), '--silent'], {
    cwd: folder,
    stdio: 'pipe',
  });
  sandbox = await startSandbox({ specification });
  const { url: baseUrl, apiId, apiSecret } = sandbox;
  asapp = {
    nodePackage: await loadNodePackage(folder),
    sandbox,
    credential: (changes = {}) => ({ environment: 'custom', baseUrl, apiId, apiSecret, ...changes }),
  };
}, 60_000);
afterAll(async () => {
  await sandbox?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('an operation that is declared and specified goes out as it is specified', async () => {
  const { json, items } = await runAsapp(asapp, {
    parameters: {
      resource: 'conversation',
      operation: 'getNotes',
      conversationId: '={{ $json.id }}',
      options: { author: 'A & B' },
    },
    items: [{ id: 'C1' }, { id: 'C2' }],
  });
  expect(json).toEqual([{ note: 'Call back' }, { note: 'Call back' }]);
  expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }]);
  expect(sandbox.ledger.requests).toMatchObject(
    ['C1', 'C2'].map((id) => ({
      operationId: 'getNotes',
      method: 'GET',
      path: expect.stringContaining(`/conversations/${id}/notes`) as string,
      query: { author: 'A & B' },
      status: 200,
    })),
  );
  for (const { rawBody } of sandbox.ledger.requests) expect(rawBody ?? '').toBe('');
});

test('its page and its output schema are made from it', () => {
  const page = readFileSync(join(folder, 'docs/operations.md'), 'utf8');
  expect(page).toContain('## Conversation: Get Notes');
  const schema: unknown = JSON.parse(
    readFileSync(join(folder, 'nodes/Asapp/__schema__/v1.0.0/conversation/getNotes.json'), 'utf8'),
  );
  expect(schema).toMatchObject({ properties: { note: { type: 'string' } } });
});

test('what the specification does not have does not compile', () => {
  const file = join(folder, 'nodes/Asapp/operations/conversation/getNotes.ts');
  writeFileSync(file, OPERATION.replace('query: { author }', 'query: { autor: author }'));
  const compile = () =>
    execFileSync(
      process.execPath,
      [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
      {
        cwd: folder,
        stdio: 'pipe',
      },
    );
  expect(outputOf(compile)).toMatch(/getNotes\.ts\(\d+,\d+\): error TS\d+: .*autor/s);
});

/** What a command printed that failed; '' if it did not fail. */
function outputOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return String((error as { stdout?: Buffer }).stdout);
  }
  return '';
}
