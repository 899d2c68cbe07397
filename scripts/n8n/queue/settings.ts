import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { POSTGRES } from './servers';

/** What the processes of one n8n have in common and nobody else knows. */
export interface QueueSecrets {
  encryptionKey: string;
  redisPassword: string;
  postgresPassword: string;
}

/** Whether {@link queueSecrets} has been there before. */
export function hasQueueSecrets(userFolder: string): boolean {
  return existsSync(secretsFile(userFolder));
}

/** The secrets of the n8n in a user folder, made up on first use. */
export function queueSecrets(userFolder: string): QueueSecrets {
  const file = secretsFile(userFolder);
  if (hasQueueSecrets(userFolder)) return JSON.parse(readFileSync(file, 'utf8')) as QueueSecrets;
  const [encryptionKey = '', redisPassword = '', postgresPassword = ''] = Array.from({ length: 3 }, () =>
    randomBytes(24).toString('hex'),
  );
  const secrets = { encryptionKey, redisPassword, postgresPassword };
  writeFileSync(file, `${JSON.stringify(secrets)}\n`, { mode: 0o600 });
  return secrets;
}

/** The settings that make n8n's processes, main and workers, one n8n; docs/queue-mode.md explains them. */
export function queueSettings(
  ports: { redis: number; postgres: number },
  { encryptionKey, redisPassword, postgresPassword }: QueueSecrets,
): NodeJS.ProcessEnv {
  return {
    EXECUTIONS_MODE: 'queue',
    OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
    N8N_ENCRYPTION_KEY: encryptionKey,
    DB_TYPE: 'postgresdb',
    DB_POSTGRESDB_HOST: '127.0.0.1',
    DB_POSTGRESDB_PORT: String(ports.postgres),
    DB_POSTGRESDB_DATABASE: POSTGRES.database,
    DB_POSTGRESDB_USER: POSTGRES.user,
    DB_POSTGRESDB_PASSWORD: postgresPassword,
    // The three that a burst of webhook calls needs.
    DB_POSTGRESDB_POOL_SIZE: '10',
    DB_PING_TIMEOUT_MS: '60000',
    N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true',
    QUEUE_BULL_REDIS_HOST: '127.0.0.1',
    QUEUE_BULL_REDIS_PORT: String(ports.redis),
    QUEUE_BULL_REDIS_PASSWORD: redisPassword,
  };
}

/** Where {@link queueSecrets} keeps them. */
export function secretsFile(userFolder: string): string {
  return join(userFolder, 'queue.json');
}
