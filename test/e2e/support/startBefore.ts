import { startN8n } from '../../../scripts/n8n/startN8n';
import { placeOfRun, shareN8n } from './n8n';
import { keepForTeardown } from './stopAfter';

/** Starts the one n8n of all suites. */
export default async function startBefore(): Promise<void> {
  const startedAt = Date.now();
  const { tarball, ...place } = placeOfRun();
  const n8n = await startN8n({ ...place, tarball, port: 0 });
  keepForTeardown(n8n);
  shareN8n(n8n);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`\nn8n is ready at ${n8n.url} after ${seconds} s\n`);
}
