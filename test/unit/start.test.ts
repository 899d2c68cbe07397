import { spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

import type { WorkflowFile } from '../../scripts/engine/runWorkflow';
import { ERROR_KINDS } from '../../nodes/Asapp/errors/errorKinds';

const ROOT = resolve(__dirname, '../..');
const EXAMPLES = [
  'authenticate-and-analyze',
  'error-branches',
  'scheduled-sweep',
  'reply-with-authentication',
  'hand-over-to-ticket',
].map((name) => join(ROOT, 'examples', `${name}.json`));

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'asapp-start-test-')));
  mkdirSync(join(folder, 'tmp'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs Node as a person would in `folder`, where nothing is a terminal. */
async function node(args: string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const { FORCE_COLOR: _color, NODE_OPTIONS: _options, INIT_CWD: _cwd, ...inherited } = process.env;
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...inherited, TMPDIR: join(folder, 'tmp'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended: Ended = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (ended.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (ended.stderr += chunk.toString()));
  ended.code = await new Promise((close) => child.once('close', close));
  return ended;
}

const start = (...args: string[]): Promise<Ended> => node([join(ROOT, 'scripts/start.mjs'), ...args]);

/** Writes a file into `folder` and returns its path. */
function file(name: string, content: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

function workflow(type: string, parameters: object = {}): object {
  const trigger = {
    id: '1',
    name: 'Start',
    type: 'n8n-nodes-base.manualTrigger',
    typeVersion: 1,
    parameters: {},
  };
  const credentials = { asappApi: { id: '1', name: 'ASAPP API' } };
  const second = { id: '2', name: 'Second', type, typeVersion: 1, parameters, credentials };
  return {
    name: 'Two nodes',
    nodes: [trigger, second].map((node) => ({ ...node, position: [0, 0] })),
    connections: { Start: { main: [[{ node: 'Second', type: 'main', index: 0 }]] } },
  };
}

/** Checks that a run failed with one line for people, and returns that line. */
function onlyLine({ code, stdout, stderr }: Ended): string {
  expect(code).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^[^\n]+\n$/);
  expect(stderr).not.toMatch(/^\s*at |node:internal|\.ts:\d+|\.js:\d+/m);
  return stderr.trimEnd();
}

describe('npm start', () => {
  test('--help says what can be run, and runs nothing', async () => {
    const { code, stdout, stderr } = await start('--help');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/npm start -- FILE\.json/);
    for (const path of EXAMPLES) expect(stdout).toContain(relative(ROOT, path));
    expect(stdout).not.toContain('local ASAPP at http');
  });

  test('a missing file is named with its whole path', async () => {
    expect(onlyLine(await start('nowhere.json'))).toBe(`There is no file ${join(folder, 'nowhere.json')}`);
  });

  test.each([
    ['text', 'hello'],
    ['half of it', '{"nodes": ['],
  ])('a file with %s is not JSON', async (_name, content) => {
    const path = file('no-json.json', content);
    expect(onlyLine(await start(path))).toMatch(new RegExp(`^${path} is not JSON: .+`));
  });

  test.each(['{}', 'null', '{"nodes": []}'])('the JSON %s is not a workflow', async (content) => {
    const path = file('no-workflow.json', content);
    expect(onlyLine(await start(path))).toMatch(new RegExp(`^${path} is JSON but not an n8n workflow`));
  });

  test('a workflow without trigger has nothing to start from', async () => {
    const path = file('no-trigger.json', { name: 'Empty', nodes: [], connections: {} });
    expect(onlyLine(await start(path))).toBe('The workflow "Empty" has no trigger to start from');
  });

  test('a workflow that a webhook starts is left to a whole n8n', async () => {
    const path = join(ROOT, 'examples/chat-webhook.json');
    expect(onlyLine(await start(path))).toMatch(
      /^The workflow "Chat Webhook" starts when its webhook is called/,
    );
  });

  test('a node type that only n8n has is named', async () => {
    const path = file('unknown-type.json', workflow('n8n-nodes-base.slack'));
    expect(onlyLine(await start(path))).toMatch(/type "n8n-nodes-base\.slack".*whole n8n/);
  });

  test('an option that does not exist is named', async () => {
    expect(onlyLine(await start('--loud'))).toContain("'--loud'");
  });

  test('a file is looked for where the person typed, not where npm runs the script', async () => {
    file('here.json', 'hello');
    const script = join(ROOT, 'scripts/start.mjs');
    const ended = await node([script, 'here.json'], { INIT_CWD: folder });
    expect(onlyLine(ended)).toContain(join(folder, 'here.json'));
  });

  test("a workflow that stops says ASAPP's words and fails", async () => {
    const parameters = {
      resource: 'generativeAgent',
      operation: 'analyze',
      conversationId: 'FAULT409',
      text: 'Hello',
      customerExternalId: 'x',
    };
    const { code, stdout, stderr } = await start(
      file('stops.json', workflow('n8n-nodes-asapp.asapp', parameters)),
    );
    expect(stripVTControlCharacters(stdout)).toMatch(
      /The workflow stopped: Conflict \[item 0\] \(code 409-01, /,
    );
    expect([code, stderr]).toEqual([1, '']);
  });
});

describe('npm start with own branches', () => {
  test('says where a branch ends that nothing is connected to', async () => {
    const parameters = {
      resource: 'generativeAgent',
      operation: 'analyze',
      conversationId: 'FAULT404',
      text: 'Hello',
      customerExternalId: 'x',
      errorHandling: 'branches',
      errorBranches: { branch: [{ name: 'Gone', errors: ['notFound'], codes: '' }] },
    };
    const { code, stdout } = await start(file('ends.json', workflow('n8n-nodes-asapp.asapp', parameters)));
    expect(code).toBe(0);
    expect(stripVTControlCharacters(stdout)).toMatch(/^ {2}Gone +1 {2}ends here$/m);
  });
});

describe('npm start without a file', () => {
  let ended: Ended;
  let shown: string;
  /** What was printed for each example. */
  let printed: string[];
  let first: string;
  let second: string;
  let third: string;
  beforeAll(async () => {
    ended = await start();
    shown = stripVTControlCharacters(ended.stdout);
    const begins = EXAMPLES.map((path) => shown.indexOf(`\n${workflowOf(path).name}  `));
    printed = begins.map((begin, index) => shown.slice(begin, begins[index + 1]));
    [first = '', second = '', third = ''] = printed;
  }, 60_000);

  test('runs the examples to their end, one after the other', () => {
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    for (const [index, path] of EXAMPLES.entries()) expect(printed[index]).toContain(relative(ROOT, path));
    expect(shown).not.toContain('The workflow stopped');
  });

  test('names every node that ran, and its runs if there are several', () => {
    for (const [index, text] of printed.entries()) {
      const { nodes, connections } = workflowOf(EXAMPLES[index]);
      // Of two triggers, a run starts at one.
      const names = nodes
        .filter(({ name, type }) => name in connections && type !== 'n8n-nodes-base.manualTrigger')
        .map(({ name }) => name);
      expect(names.length).toBeGreaterThan(2);
      for (const name of names) {
        const runs = [...text.matchAll(/^(\S.*?)(?: \(run (\d+) of (\d+)\))? {2}\d+ ms$/gm)].filter(
          ([, shownName]) => shownName === name,
        );
        expect(runs.length).toBeGreaterThan(0);
        const numbers = runs.map(([, , run, of]) => `${run ?? 1} of ${of ?? 1}`);
        expect(numbers).toEqual(runs.map((_run, run) => `${run + 1} of ${runs.length}`));
      }
    }
    expect(second).toContain('\nAnalyze (run 4 of 4)  ');
    expect(first).not.toContain('(run ');
  });

  test('shows as many items as it counts, or counts only', () => {
    const counts = shown.split(/^ {2}(?=\S.*: \d+ items?\b)/m).slice(1);
    expect(counts.length).toBeGreaterThan(3);
    const sections = counts.map((section) => ({
      counted: Number(/: (\d+) items?\b/.exec(section)?.[1]),
      listed: section.match(/^ {4}[ \d]\d {2}\{/gm)?.length ?? 0,
    }));
    // A node that passes items on lists nothing.
    const listing = sections.filter(({ listed }) => listed > 0);
    expect(listing.length).toBeGreaterThan(2);
    expect(listing.map(({ listed }) => listed)).toEqual(listing.map(({ counted }) => counted));
  });

  test.each(['Send Again? (run 1 of 4)', 'Wait (run 1 of 3)'])('%s shows counts only', (heading) => {
    const section = second.slice(second.indexOf(`\n${heading}  `) + 1).split('\n\n')[0];
    expect(section).toMatch(/: \d+ items?/);
    expect(section).not.toContain('{');
  });

  test('shows each failed item with its kind, once', () => {
    const failedAt = (text: string, outputs: RegExp): number =>
      [...text.matchAll(outputs)].reduce((sum, [, count]) => sum + Number(count), 0);
    const branches =
      /^ {2}(?:Other Errors|Check First|Retry Later|Fix Request|Not Found|Check Key): (\d+) items?/gm;
    for (const [text, failed] of [
      [first, failedAt(first, /^ {2}Error: (\d+) items?/gm)],
      [second, failedAt(second, branches)],
      [third, failedAt(third, /^ {2}true: (\d+) items?/gm)],
    ] as const) {
      const kinds = [...text.matchAll(/^ {8}(\w+)(?:, \d{3})?.*\. \S.*\.$/gm)].map(([, kind]) => kind);
      expect(kinds).toHaveLength(failed);
      expect(Object.keys(ERROR_KINDS)).toEqual(expect.arrayContaining([...new Set(kinds)]));
      expect(new Set(kinds).size).toBeGreaterThan(2);
    }
  });

  test('says how many items took which branch, run by run', () => {
    expect(second).toContain(
      '12 of 19 items took an error branch: Other Errors 1, Check First 2, Retry Later 4, Fix Request 2, Not Found 2, Check Key 1',
    );
    const table = second.slice(second.indexOf('\nBranches of Analyze\n') + 1).trimEnd();
    expect(table.split('\n').map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['Branches of Analyze'],
      ['run 1', 'run 2', 'run 3', 'run 4'],
      ['Success', '7', '2', '1', '0', '→ Analyzed'],
      ['Other Errors', '1', '0', '0', '0', '→ Open a Ticket'],
      ['Check First', '2', '0', '0', '0', '→ Look It Up'],
      ['Retry Later', '4', '2', '1', '1', '→ Count Failures'],
      ['Fix Request', '2', '0', '0', '0', '→ Fix Data'],
      ['Not Found', '2', '0', '0', '0', '→ Post to Team'],
      ['Check Key', '1', '0', '0', '0', '→ Page Operations'],
    ]);
    expect(first).not.toContain('Branches of');
  });

  test('shows what GenerativeAgent said, and the tickets made of it', () => {
    const [, , , replies, tickets] = printed;
    expect(replies).toContain('"question":"What is my balance?","answer":"Thank you, you are authenticated.');
    expect(tickets).toContain('"subject":"A customer asks for an agent"');
    expect(tickets).toContain('"subject":"Handed over: handle_refund_requests"');
  });

  test("does not show a customer's token", () => {
    expect(EXAMPLES.map((path) => readFileSync(path, 'utf8')).join('')).toContain('cGFzc3dvcmQ=');
    expect(ended.stdout + ended.stderr).not.toContain('cGFzc3dvcmQ');
  });

  test('leaves nothing behind', () => {
    expect(readdirSync(join(folder, 'tmp')).filter((name) => name.startsWith('n8n-nodes-asapp-'))).toEqual(
      [],
    );
  });

  test('writes no colours where there is no terminal', () => {
    expect(ended.stdout).toBe(shown);
  });
});

function workflowOf(path = ''): WorkflowFile {
  return JSON.parse(readFileSync(path, 'utf8')) as WorkflowFile;
}

describe('a Node that is too old', () => {
  const install = pathToFileURL(join(ROOT, 'scripts/install.mjs')).href;
  const onNode = (version: string): Promise<Ended> =>
    node([
      '--input-type=module',
      '--eval',
      `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });
       const { requireNode } = await import('${install}');
       requireNode();
       process.stdout.write('went on');`,
    ]);

  test.each(['20.18.3', '18.20.4', '14.21.3', '9.11.2'])('%s is told so in one line', async (version) => {
    expect(onlyLine(await onNode(version))).toBe(`Node 20.19 or newer is needed; this is Node ${version}.`);
  });

  test.each(['20.19.0', '20.20.2', '22.0.0', '24.1.0', '100.0.0'])('%s is not', async (version) => {
    expect(await onNode(version)).toEqual({ code: 0, stdout: 'went on', stderr: '' });
  });
});
