// The fields that the editor offers before the first run are those that items have, also where a look settled them.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { runAsapp, useAsapp } from '../support/asapp';
import { analyzeParameters, PARAMETERS } from '../support/parameters';

const ROOT = resolve(__dirname, '../..');
const asapp = useAsapp({ eventDelay: 2 });

interface Schema {
  type: string;
  properties?: Record<string, Schema>;
  items?: Schema;
}

const schemaOf = (path: string) =>
  JSON.parse(
    readFileSync(resolve(ROOT, `dist/nodes/Asapp/__schema__/v1.0.0/${path}.json`), 'utf8'),
  ) as Schema;

/** What of a value its schema does not have, by path. */
function unknownIn(value: unknown, { type, properties, items }: Schema, path = 'json'): string[] {
  if (Array.isArray(value)) {
    if (type !== 'array' || items === undefined) return [path];
    return value.flatMap((entry, index) => unknownIn(entry, items, `${path}[${index}]`));
  }
  if (typeof value !== 'object' || value === null) return typeof value === type ? [] : [path];
  if (type !== 'object') return [path];
  return Object.entries(value).flatMap(([key, part]) => {
    const schema = properties?.[key];
    return schema === undefined ? [`${path}.${key}`] : unknownIn(part, schema, `${path}.${key}`);
  });
}

const create = (changes: INodeParameters = {}): INodeParameters => ({
  resource: 'message',
  operation: 'create',
  ...PARAMETERS['message.create'],
  ...changes,
});
const createMany: INodeParameters = {
  resource: 'message',
  operation: 'createMany',
  ...PARAMETERS['message.createMany'],
};
const DATED = { lookBeforeSending: true, timestamp: '2026-01-31T09:30:00Z' };

async function outputOf(parameters: INodeParameters): Promise<IDataObject> {
  const { json } = await runAsapp(asapp, { parameters });
  expect(json).toHaveLength(1);
  return json[0] ?? {};
}

const loseAnswer = (operation: string) =>
  asapp.sandbox.faults.set({ fault: 'resetAfterReading', times: 1, operation });

test.each([
  ['message/create', create(), 'createMessage'],
  ['message/createMany', createMany, 'createBatchMessages'],
  ['generativeAgent/analyze', analyzeParameters(), 'analyze'],
  ['generativeAgent/analyze', analyzeParameters({ waitForReply: true }), 'analyze'],
])('%s: an item whose answer was lost', async (schema, parameters, call) => {
  loseAnswer(call);
  const json = await outputOf(parameters);
  expect(json).toMatchObject({ recovered: true });
  expect(unknownIn(json, schemaOf(schema))).toEqual([]);
});

test.each([
  ['message/create', create({ options: DATED })],
  ['generativeAgent/analyze', analyzeParameters({ options: DATED })],
])('%s: an item that was there', async (schema, parameters) => {
  await outputOf(parameters);
  const json = await outputOf(parameters);
  expect(json).toMatchObject({ alreadyThere: true });
  expect(unknownIn(json, schemaOf(schema))).toEqual([]);
});

test('generativeAgent/analyze: an item whose reply was read', async () => {
  asapp.sandbox.streams.misbehave({ dropAfter: 2, dropTimes: 1 });
  const json = await outputOf(analyzeParameters({ waitForReply: true, options: { replyTimeout: 25 } }));
  expect(json).toMatchObject({ healed: true });
  expect(unknownIn(json, schemaOf('generativeAgent/analyze'))).toEqual([]);
});

test('an operation that says nothing promises nothing of the kind', () => {
  const promised = ['conversation/authenticate', 'callTransfer/create', 'message/get'].flatMap((path) =>
    Object.keys(schemaOf(path).properties ?? {}),
  );
  expect(promised).not.toEqual([]);
  for (const mark of ['recovered', 'alreadyThere', 'healed']) expect(promised).not.toContain(mark);
});
