import type { N8nPlace } from '../../../scripts/n8n/environment';
import { runCli, type CliResult } from '../../../scripts/n8n/n8nProcess';
import { openSession, type Login, type RestApi } from '../../../scripts/n8n/restApi';
import type { RunningN8n } from '../../../scripts/n8n/startN8n';

/** The n8n of all suites, as a test sees it. */
export interface E2eN8n extends Login, N8nPlace {
  url: string;
  pid: number | undefined;
  api: RestApi;
  /** Runs n8n's command line on the same database. */
  runCli(args: readonly string[]): Promise<CliResult>;
}

/** What scripts/e2e.mjs prepared. */
export function placeOfRun(): N8nPlace & { tarball: string } {
  return {
    installation: variable('E2E_INSTALLATION'),
    userFolder: variable('E2E_USER_FOLDER'),
    tarball: variable('E2E_TARBALL'),
  };
}

/** Makes a started n8n known to the processes that run the tests. */
export function shareN8n({ url, pid, email, password, api }: RunningN8n): void {
  process.env.E2E_N8N = JSON.stringify({ url, pid, email, password, cookie: api?.cookie });
}

/** The n8n that jest started before the tests. */
export function sharedN8n(): E2eN8n {
  const { cookie, ...known } = JSON.parse(variable('E2E_N8N')) as Login & {
    url: string;
    pid: number;
    cookie: string;
  };
  const place = placeOfRun();
  return {
    ...known,
    ...place,
    api: openSession(known.url, cookie),
    runCli: async (args) => await runCli(place, args),
  };
}

/** A setting that the script which started the tests made. */
export function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`${name} is not set: these tests are for npm run test:e2e and npm run test:queue`);
  }
  return value;
}
