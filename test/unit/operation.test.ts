// What may be declared and what may not: npm run types fails if a line that is marked as an error compiles.
import { textField } from '../../nodes/Asapp/fields/text';
import { call, operation } from '../../nodes/Asapp/operations/operation';

const id = textField({ displayName: 'ID', name: 'theId', type: 'string', default: '' });
const option = { name: 'X', value: 'x', action: 'X', description: 'X' };
const read = { option, fields: { id }, options: {}, effect: 'read' } as const;
const once = { option, fields: { id }, options: {}, effect: 'once' } as const;
const message = { text: 'Hi', sender: { role: 'agent', externalId: 'A1' }, timestamp: 'now' } as const;

const wrongBatch = { messages: [{ ...message, text: 1 }] };

const getState = operation({
  ...read,
  endpoint: 'getState',
  request: (values) => ({ query: { conversationId: values.id, externalId: undefined } }),
});
const createMessage = operation({
  ...once,
  endpoint: 'createMessage',
  lane: 'id',
  request: (values) => ({ path: { conversationId: values.id }, body: () => message }),
});

test('what compiles is the declared operation', () => {
  expect(createMessage.endpoints).toEqual(['createMessage']);
  expect(createMessage.lane).toBe('theId');
  expect(createMessage.effect({})).toBe('once');
  expect(createMessage.output({}, { id: 'M1' })).toEqual({ id: 'M1' });
  expect(getState.request({ id: 'C1' })).toEqual({
    endpoint: 'getState',
    parts: { query: { conversationId: 'C1', externalId: undefined } },
  });
});

test('what the specification does not have does not compile', () => {
  const refused = [
    operation({
      ...read,
      endpoint: 'getState',
      // @ts-expect-error a query parameter that is not in the specification
      request: (values) => ({ query: { conversationID: values.id } }),
    }),
    operation({
      ...once,
      endpoint: 'createMessage',
      // @ts-expect-error a body that lacks what is required
      request: (values) => ({ path: { conversationId: values.id }, body: () => ({ text: 'Hi' }) }),
    }),
    operation({
      ...once,
      endpoint: 'createMessage',
      // @ts-expect-error a key too many in the body
      request: (values) => ({ path: { conversationId: values.id }, body: () => ({ ...message, a: 1 }) }),
    }),
    operation({
      ...once,
      endpoint: 'createBatchMessages',
      // @ts-expect-error a value that the specification does not list
      request: (values) => ({ path: { conversationId: values.id }, body: () => wrongBatch }),
    }),
    operation({
      ...read,
      endpoint: 'getConversation',
      // @ts-expect-error a body where the call has none
      request: (values) => ({ path: { conversationId: values.id }, body: () => ({}) }),
    }),
    operation({
      ...read,
      endpoint: 'getConversation',
      // @ts-expect-error no path parameter
      request: () => ({}),
    }),
    // @ts-expect-error no such query parameter
    call('getMessagesByExternalId', { query: { externalID: 'E1' } }),
  ];
  expect(refused).toHaveLength(7);
});
