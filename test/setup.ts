import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

process.env.N8N_USER_FOLDER ??= mkdtempSync(join(tmpdir(), 'n8n-nodes-asapp-'));
// A failing workflow is what many tests want; n8n's log of it would bury a failing test.
process.env.N8N_LOG_LEVEL ??= 'silent';
