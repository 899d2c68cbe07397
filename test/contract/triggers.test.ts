import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import type { INodeProperties, INodeTypeDescription } from 'n8n-workflow';

import { EVENT_TYPES, readEvent } from '../../nodes/Asapp/events/event';
import { loadNodePackage, type NodePackage } from '../../scripts/engine/nodePackage';
import { optionValues } from './description';

const ROOT = resolve(__dirname, '../..');
const TYPES = EVENT_TYPES.map(({ value }) => value);

let nodePackage: NodePackage;
beforeAll(async () => {
  nodePackage = await loadNodePackage(ROOT);
});

function descriptionOf(name: string): INodeTypeDescription {
  return nodePackage.nodeTypes.getByNameAndVersion(`n8n-nodes-asapp.${name}`, 1).description;
}

function field(name: string, path: string): INodeProperties {
  const found = descriptionOf(name).properties.find((property) => property.name === path);
  if (found === undefined) throw new Error(`${name} has no ${path}`);
  return found;
}

describe.each([
  ['asappTrigger', 'ASAPP Trigger', 'AsappTrigger', 'asappWebhookApi'],
  ['asappStreamTrigger', 'ASAPP Stream Trigger', 'AsappStreamTrigger', 'asappApi'],
])('%s', (name, displayName, folder, credential) => {
  test('keeps the names that saved workflows depend on', () => {
    const description = descriptionOf(name);
    expect(description).toMatchObject({ name, displayName, version: 1, group: ['trigger'], inputs: [] });
    expect(description.credentials).toMatchObject([{ name: credential, required: true }]);
    expect(field(name, 'events')).toMatchObject({
      type: 'multiOptions',
      default: TYPES,
      noDataExpression: true,
    });
    expect(optionValues(field(name, 'events'))).toEqual(TYPES);
    expect(field(name, 'outputMode')).toMatchObject({ default: 'single', noDataExpression: true });
    expect(optionValues(field(name, 'outputMode'))).toEqual(['single', 'perEvent']);
    const options = field(name, 'options').options as INodeProperties[];
    expect(options.map((option) => [option.name, option.type])).toEqual([
      ['ignoreRepeats', 'boolean'],
      ...(name === 'asappStreamTrigger'
        ? [
            ['maxExecutions', 'number'],
            ['silenceLimit', 'number'],
          ]
        : []),
    ]);
  });

  test('tells the editor every key of an event, and none that does not exist', () => {
    const { properties } = JSON.parse(
      readFileSync(resolve(ROOT, `dist/nodes/${folder}/__schema__/v1.0.0.json`), 'utf8'),
    ) as { properties: Record<string, { properties?: object }> };
    const common = { webhookMessageId: 'i', conversationId: 'c', externalConversationId: 'x' };
    const transferToSystem = { referenceVariables: {}, transferVariables: {}, currentTaskName: 't' };
    const items = [
      readEvent({ ...common, type: 'reply', reply: { messageId: 'm', text: 't' } }),
      readEvent({ ...common, type: 'transferToSystem', transferToSystem }),
    ];
    expect(Object.keys(properties).sort()).toEqual(
      [...new Set(items.flatMap((item) => Object.keys(item ?? {})))].sort(),
    );
    expect(Object.keys(properties.reply?.properties ?? {})).toEqual(Object.keys(items[0]?.reply ?? {}));
    expect(Object.keys(properties.transfer?.properties ?? {})).toEqual(Object.keys(items[1]?.transfer ?? {}));
  });
});

test('the parameters that only one of them has', () => {
  expect(field('asappTrigger', 'authentication')).toMatchObject({ type: 'options', default: 'headerSecret' });
  expect(optionValues(field('asappTrigger', 'authentication'))).toEqual([
    'headerSecret',
    'querySecret',
    'none',
  ]);
  expect(field('asappStreamTrigger', 'streamId')).toMatchObject({ type: 'string', required: true });
});

test('the credential of the webhook', () => {
  const { displayName, properties } = nodePackage.credentialType('asappWebhookApi');
  expect(displayName).toBe('ASAPP Webhook API');
  expect(properties).toMatchObject([
    { name: 'secretName', type: 'string', required: true, default: 'x-asapp-webhook-secret' },
    { name: 'secret', type: 'string', required: true, default: '', typeOptions: { password: true } },
  ]);
});
