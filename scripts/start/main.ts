import { readFileSync, statSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';

import { startSandbox } from '../../sandbox';
import { loadNodePackage } from '../engine/nodePackage';
import { runWorkflow, type WorkflowFile } from '../engine/runWorkflow';
import { printRun } from './printRun';

const ROOT = resolve(__dirname, '../..');
const EXAMPLES = [
  'authenticate-and-analyze.json',
  'error-branches.json',
  'scheduled-sweep.json',
  'reply-with-authentication.json',
  'hand-over-to-ticket.json',
].map((name) => join(ROOT, 'examples', name));

const HELP = `Runs n8n workflows against a local ASAPP, in n8n's own engine.

  npm start                 runs ${EXAMPLES.map((path) => relative(ROOT, path)).join(`,
                            `)}
  npm start -- FILE.json    runs another workflow, as n8n exports it
  npm start -- --help       shows this

ASAPP nodes of the workflow use the local ASAPP; no account is needed. Beside them the engine here knows Manual Trigger,
Schedule Trigger, Code, Edit Fields, If, Switch, Wait and No Operation; a workflow with other nodes needs a whole n8n,
and so do the examples that start with a webhook or an ASAPP trigger: npm run n8n.`;

async function main(): Promise<void> {
  const paths = fileArguments();
  if (paths === undefined) return;
  const workflows = paths.map((path) => ({ path, workflow: readWorkflow(path) }));
  const sandbox = await startSandbox();
  try {
    const nodePackage = await loadNodePackage(ROOT);
    const { apiId, apiSecret, url: baseUrl } = sandbox;
    for (const { path, workflow } of workflows) {
      const run = await runWorkflow(nodePackage, workflow, {
        credentials: { asappApi: { environment: 'custom', baseUrl, apiId, apiSecret } },
      });
      printRun({ workflow, run, nodePackage, source: relative(ROOT, path), sandboxUrl: baseUrl });
      if (run.data.resultData.error !== undefined) process.exitCode = 1;
    }
  } finally {
    await sandbox.close();
  }
}

/** The workflows to run; undefined when help was asked for. */
function fileArguments(): string[] | undefined {
  const { values, positionals } = parseArgs({
    options: { help: { type: 'boolean', short: 'h' } },
    allowPositionals: true,
  });
  if (values.help === true) {
    process.stdout.write(`${HELP}\n`);
    return undefined;
  }
  const [file, ...others] = positionals;
  if (others.length > 0) throw new Error('One workflow at a time: give a single file');
  // npm runs scripts in the package's folder; INIT_CWD is where the person typed.
  return file === undefined ? EXAMPLES : [resolve(process.env.INIT_CWD ?? process.cwd(), file)];
}

function readWorkflow(path: string): WorkflowFile {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw new Error(`There is no file ${path}`);
  const workflow = parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, ''), path);
  if (!Array.isArray(workflow.nodes) || typeof workflow.connections !== 'object') {
    throw new Error(`${path} is JSON but not an n8n workflow: it has no "nodes" and "connections"`);
  }
  return { ...workflow, name: workflow.name ?? path } as WorkflowFile;
}

function parse(text: string, path: string): Partial<WorkflowFile> {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null ? value : {};
  } catch (error) {
    throw new Error(`${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
