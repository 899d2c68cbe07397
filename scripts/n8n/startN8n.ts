import { mkdirSync } from 'node:fs';

import { installCommunityPackage } from './communityPackage';
import type { N8nPlace } from './environment';
import { ownerLogin } from './ownerLogin';
import { runCli, startServer, type CliResult, type N8nServer } from './n8nProcess';
import { freePort, requireFreePort } from './ports';
import { RestError, signIn, type Login, type RestApi } from './restApi';

/** How to start an n8n with this package in it. */
export interface N8nOptions extends N8nPlace {
  /** The package as `npm pack` made it. */
  tarball: string;
  /** 0 takes any free one. */
  port: number;
  /** Stops the start. */
  signal?: AbortSignal;
}

/** A running n8n that has the ASAPP node. */
export interface RunningN8n extends N8nServer, Login {
  /** Undefined if somebody changed the owner's email or password. */
  api: RestApi | undefined;
  /** Runs n8n's command line on the same database. */
  runCli(args: readonly string[]): Promise<CliResult>;
}

/**
 * Installs the package as a community package, starts n8n on 127.0.0.1 and signs in as its owner. Rejects with a
 * message for people.
 */
export async function startN8n({ tarball, port, signal, ...place }: N8nOptions): Promise<RunningN8n> {
  if (port !== 0) await requireFreePort(port);
  mkdirSync(place.userFolder, { recursive: true, mode: 0o700 });
  const login = ownerLogin(place.userFolder);
  await installCommunityPackage(tarball, place.userFolder);
  const server = await startServer(place, port === 0 ? await freePort() : port, signal);
  try {
    const api = await signInUnlessChanged(server.url, login);
    return { ...server, ...login, api, runCli: async (args) => await runCli(place, args) };
  } catch (error) {
    await server.close();
    throw error;
  }
}

async function signInUnlessChanged(url: string, login: Login): Promise<RestApi | undefined> {
  try {
    return await signIn(url, login);
  } catch (error) {
    if (error instanceof RestError && error.status === 401) return undefined;
    throw error;
  }
}
