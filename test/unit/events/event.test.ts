import { EVENT_TYPES, readEvent } from '../../../nodes/Asapp/events/event';

const IDS = { externalConversationId: '33411121', conversationId: '01HMVXRVSA1EGC0CHQTF1X2RN3' };

/** The payloads of https://docs.asapp.com/generativeagent/integrate/handling-events, and of the pages that differ from it. */
const TRANSFER = {
  referenceVariables: { customerName: 'John Smith', accountNumber: '12345', isActive: true },
  transferVariables: {
    department: 'billing',
    priority: 'high',
    notes: ['Payment pending', 'Requires callback'],
  },
  currentTaskName: 'billing_transfer',
};
const REPLY = { messageId: '01HMVXTDR1AT9CNQXPYKKBPJ7F', text: 'You can pay your bill by calling.' };

describe('one shape for every documented payload and spelling', () => {
  test.each([
    ['processingStart', 'processingStart', {}, {}],
    ['reply', 'reply', { reply: REPLY }, { reply: REPLY }],
    ['authenticationRequested', 'authenticationRequested', {}, {}],
    ['authenticationRequired', 'authenticationRequested', {}, {}],
    ['transferToAgent', 'transferToAgent', {}, {}],
    ['transferToSystem', 'transferToSystem', { transferToSystem: TRANSFER }, { transfer: TRANSFER }],
    ['systemTransfer', 'transferToSystem', { systemTransfer: TRANSFER }, { transfer: TRANSFER }],
    ['transferToSystem', 'transferToSystem', { systemTransfer: TRANSFER }, { transfer: TRANSFER }],
    ['processingEnd', 'processingEnd', {}, {}],
  ])('%s is a %s', (spelling, type, payload, facts) => {
    for (const idKey of ['generativeAgentMessageId', 'generativeAgentkMessageId', 'webhookMessageId']) {
      const event = { [idKey]: 'id-1', ...IDS, type: spelling, ...payload };
      expect(readEvent(event)).toEqual({ type, eventId: 'id-1', ...IDS, ...facts, event });
    }
  });

  test('a type that ASAPP adds later passes as it is', () => {
    const event = { ...IDS, type: 'handoff', handoff: { queue: 'q' } };
    expect(readEvent(event)).toEqual({ type: 'handoff', ...IDS, event });
  });

  test('what is not there, or is something else, has no key', () => {
    expect(readEvent({ type: 'reply', conversationId: null, generativeAgentMessageId: '' })).toEqual({
      type: 'reply',
      event: { type: 'reply', conversationId: null, generativeAgentMessageId: '' },
    });
    const transfer = { referenceVariables: [], transferVariables: null, currentTaskName: '' };
    expect(readEvent({ type: 'systemTransfer', systemTransfer: transfer })).toEqual({
      type: 'transferToSystem',
      transfer: {},
      event: { type: 'systemTransfer', systemTransfer: transfer },
    });
    expect(readEvent({ type: 'reply', reply: 'text' })).not.toHaveProperty('reply');
  });

  test('an ID that came as a number is text', () => {
    expect(readEvent({ type: 'processingEnd', externalConversationId: 33411121 })).toMatchObject({
      externalConversationId: '33411121',
    });
  });

  test('an empty text is a text', () => {
    expect(readEvent({ type: 'reply', reply: { text: '' } })?.reply).toEqual({ text: '' });
  });
});

test.each([
  undefined,
  null,
  '',
  'reply',
  7,
  true,
  [],
  [{ type: 'reply' }],
  {},
  { type: '' },
  { type: ' ' },
  { type: 7 },
])('%j is no event', (payload) => {
  expect(readEvent(payload)).toBeUndefined();
});

test('the list to choose from has every documented type, and no second spelling', () => {
  for (const { value } of EVENT_TYPES) expect(readEvent({ type: value })?.type).toBe(value);
  expect(EVENT_TYPES.map(({ value }) => value)).toEqual([
    'authenticationRequested',
    'processingEnd',
    'processingStart',
    'reply',
    'transferToAgent',
    'transferToSystem',
  ]);
});
