import { chromium, type Browser, type Page } from 'playwright-core';

import { startSandbox, type Sandbox } from '../../sandbox';
import { ANALYZE, analysis, clientOf, messagesPath } from '../unit/sandbox/client';
import { documentImage } from './support/images';

/** What the light theme calls bad. */
const RED = 'rgb(194, 47, 47)';

let sandbox: Sandbox;
let browser: Browser;
let page: Page;
const complaints: string[] = [];
beforeAll(async () => {
  const { CHROMIUM_PATH: executablePath } = process.env;
  if (executablePath === undefined) throw new Error('CHROMIUM_PATH is not set');
  sandbox = await startSandbox({ eventDelay: 0 });
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--no-proxy-server'] });
  page = await browser.newPage({ viewport: { width: 1280, height: 960 }, colorScheme: 'light' });
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(sandbox.url);
});
afterAll(async () => {
  await browser?.close();
  await sandbox?.close();
});

const say = async (id: string, text: string) =>
  await clientOf(sandbox)
    .post(ANALYZE, analysis(id, text))
    .catch(() => undefined);

const conversation = (id: string) => page.locator('article').filter({ hasText: id });
const total = (name: string) => page.locator(`[data-total="${name}"]`);

test('an empty sandbox says so', async () => {
  await page.getByText('Nothing has come yet.').waitFor();
});

test('shows each message with its fate, and what was said to it', async () => {
  for (let number = 1; number <= 12; number += 1) await say(`CONV${(number % 3) + 1}`, `Message ${number}`);
  await say('CONV1', 'Where is my order?');
  await say('CONV1', 'Where is my order?');
  await say('FAULT404', 'Hello');
  await say('FAULTRESETAFTERREADING', 'Did you get this?');
  await clientOf(sandbox).get(messagesPath('CONV2'));
  const twice = conversation('CONV1').locator('.row.twice');
  await twice.getByText('Where is my order?').waitFor();
  expect(await page.evaluate(`getComputedStyle(document.querySelector('.row.twice')).color`)).toBe(RED);
  await conversation('CONV1').getByText('You asked "Where is my order?". It is done.').first().waitFor();
  await conversation('FAULT404').locator('.row.fault').getByText('404').waitFor();
  await conversation('FAULTRESETAFTERREADING').getByText('accepted all the same').waitFor();
  await conversation('CONV2').getByText('1 look').waitFor();
  expect(await total('twice').innerText()).toBe('1');
  expect(await page.locator('#chart rect[height]:not([height="0"])').count()).toBeGreaterThan(0);
});

test('shows how far a run has come', async () => {
  await page.fill('#expected', '20');
  await page.waitForFunction('document.querySelector("progress").value === 15');
});

test('sets a fault, starts and ends an outage, and makes all well again', async () => {
  await page.selectOption('#fault', { label: '500 Internal Server Error' });
  await page.fill('#times', '2');
  await page.getByRole('button', { name: 'Set fault' }).click();
  await page.getByText('500, the next 2').waitFor();
  expect(sandbox.faults.list()).toEqual([{ fault: 'status', status: 500, times: 2 }]);
  await page.getByRole('button', { name: 'Start outage' }).click();
  await page.getByText('503, until all is well').waitFor();
  expect((await say('CONV2', 'During the outage'))?.status).toBe(503);
  await page.getByRole('button', { name: 'End outage' }).click();
  await page.getByRole('button', { name: 'Start outage' }).waitFor();
  expect(sandbox.faults.list()).toEqual([]);
  expect((await say('CONV2', 'After the outage'))?.status).toBe(200);
});

test('shows alerts that workflows post', async () => {
  await clientOf(sandbox).post('/sandbox/alerts', {
    text: 'Nightly run failed at Analyze: <b>Not Found</b>',
  });
  await page.getByText('Nightly run failed at Analyze: <b>Not Found</b>').waitFor();
  await say('CONV1', 'Thank you!');
  await conversation('CONV1').getByText('You asked "Thank you!". It is done.').waitFor();
  await documentImage(page, 'sandbox-page.png');
});

test.each(['light', 'dark'] as const)('can be read in the %s theme', async (colorScheme) => {
  await page.emulateMedia({ colorScheme });
  const brightnessOf = async (name: string): Promise<number> => {
    const color = await page.evaluate<string>(`getComputedStyle(document.body).${name}`);
    const parts = (/\d+, \d+, \d+/.exec(color)?.[0] ?? '').split(', ').map(Number);
    return parts.reduce((sum, part) => sum + part, 0) / 3;
  };
  const brightness = { ground: await brightnessOf('backgroundColor'), text: await brightnessOf('color') };
  expect(Math.abs(brightness.ground - brightness.text)).toBeGreaterThan(150);
  expect(brightness.ground > brightness.text).toBe(colorScheme === 'light');
});

test('Clear forgets everything', async () => {
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByText('Nothing has come yet.').waitFor();
  expect(sandbox.ledger.requests).toEqual([]);
});

test('nothing is complained about', () => {
  expect(complaints).toEqual([]);
});
