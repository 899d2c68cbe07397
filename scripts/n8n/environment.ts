import { delimiter, join } from 'node:path';

/** Where an n8n runs and what it keeps its things in. */
export interface N8nPlace {
  /** Folder that `ensureN8n` gave. */
  installation: string;
  /** n8n keeps its database, key and community packages in `.n8n` of it. */
  userFolder: string;
  /** Further settings, or others than those of {@link n8nEnvironment}. */
  settings?: NodeJS.ProcessEnv;
}

/** Settings of another n8n that a person may have in the environment: none of them is meant for this one. */
const FOREIGN =
  /^(N8N_|DB_|QUEUE_|EXECUTIONS_|CREDENTIALS_|WORKFLOWS_|NODES_|EXTERNAL_|GENERIC_|WEBHOOK_URL$|VUE_APP_|OFFLOAD_|E2E_TESTS$|ENVIRONMENT$|NODE_|JEST_|npm_)/i;

/** Nothing but this machine is asked: each of these would call one of n8n's own services. */
const QUIET = {
  N8N_DIAGNOSTICS_ENABLED: 'false',
  N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
  N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
  N8N_TEMPLATES_ENABLED: 'false',
  N8N_DYNAMIC_BANNERS_ENABLED: 'false',
  N8N_HIRING_BANNER_ENABLED: 'false',
  N8N_PERSONALIZATION_ENABLED: 'false',
  N8N_VERIFIED_PACKAGES_ENABLED: 'false',
  N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
  // The second is n8n's own assistant, which would be the first page instead of the workflows.
  N8N_DISABLED_MODULES: 'mcp-registry,instance-ai',
};

/**
 * The environment of an n8n process on 127.0.0.1. `port` is n8n's; `brokerPort` is that of its task runner, which must
 * be another for each process at a time.
 */
export function n8nEnvironment(
  { installation, userFolder, settings }: N8nPlace,
  ports: { port: number; brokerPort: number },
): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !FOREIGN.test(name));
  const local = '127.0.0.1,localhost';
  const { NO_PROXY = process.env.no_proxy } = process.env;
  const noProxy = NO_PROXY === undefined || NO_PROXY === '' ? local : `${NO_PROXY},${local}`;
  return {
    ...Object.fromEntries(inherited),
    ...QUIET,
    NODE_ENV: 'production',
    // n8n starts its task runner as plain `node`.
    PATH: `${join(installation, 'node_modules/node/bin')}${delimiter}${process.env.PATH ?? ''}`,
    NO_PROXY: noProxy,
    no_proxy: noProxy,
    N8N_USER_FOLDER: userFolder,
    N8N_LISTEN_ADDRESS: '127.0.0.1',
    N8N_HOST: '127.0.0.1',
    N8N_PORT: String(ports.port),
    N8N_RUNNERS_MODE: 'internal',
    N8N_RUNNERS_BROKER_PORT: String(ports.brokerPort),
    N8N_COMMUNITY_PACKAGES_ENABLED: 'true',
    N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
    N8N_SECURE_COOKIE: 'false',
    N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '10',
    GENERIC_TIMEZONE: Intl.DateTimeFormat().resolvedOptions().timeZone,
    ...settings,
  };
}
