// `npm run test:e2e`: the tests in a whole n8n.
import { ensureChromium } from './chromium.mjs';
import { runTestsInN8n } from './wholeN8nTests.mjs';

await runTestsInN8n('Tests in n8n', 'jest.e2e.config.js', () => ({
  CHROMIUM_PATH: ensureChromium(console.log),
}));
