// `npm run test:queue`: the tests in a whole n8n in queue mode.
import { join } from 'node:path';

import { ensureServerPrograms } from './n8n/queue/serverPrograms.mjs';
import { runTestsInN8n } from './wholeN8nTests.mjs';

await runTestsInN8n('Tests in queue mode', 'jest.queue.config.js', (folder) => ({
  QUEUE_PROGRAMS: JSON.stringify(ensureServerPrograms(console.log)),
  QUEUE_DATABASE_FOLDER: join(folder, 'postgres'),
}));
