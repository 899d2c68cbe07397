import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { runAsapp, useAsapp } from '../support/asapp';
import { analyzeParameters, CONVERSATION_ID } from '../support/parameters';
import { delivery, refusal } from '../support/refusal';

const asapp = useAsapp();

/** Runs one item and returns the body that arrived, as text and parsed. */
async function arrived(
  changes: INodeParameters,
  item: IDataObject = {},
): Promise<{ text: string; body: IDataObject }> {
  const text = await delivery(asapp, analyzeParameters(changes), item);
  return { text, body: JSON.parse(text) as IDataObject };
}

async function refused(changes: INodeParameters): Promise<string> {
  return await refusal(asapp, analyzeParameters(changes));
}

describe('what arrives', () => {
  test("the document's own example, byte for byte", async () => {
    const { text } = await arrived({
      text: 'Hello, I would like to upgrade my internet plan to GOLD.',
      customerExternalId: '123',
      inputVariables: {
        assignments: [
          {
            id: '1',
            name: 'context',
            type: 'string',
            value: 'Customer called to upgrade their current plan to GOLD',
          },
          { id: '2', name: 'customer_info.current_plan', type: 'string', value: 'SILVER' },
          { id: '3', name: 'customer_info.customer_since', type: 'string', value: '2020-01-01' },
        ],
      },
      options: {
        channelType: 'digital',
        streamId: '97555020-0276-435f-8104-c378221ba292',
        taskName: 'UpgradePlan',
        timestamp: '2021-11-23T12:13:14.555Z',
      },
    });
    expect(text).toBe(
      JSON.stringify({
        conversationId: CONVERSATION_ID,
        message: {
          text: 'Hello, I would like to upgrade my internet plan to GOLD.',
          sender: { role: 'customer', externalId: '123' },
          timestamp: '2021-11-23T12:13:14.555Z',
        },
        taskName: 'UpgradePlan',
        inputVariables: {
          context: 'Customer called to upgrade their current plan to GOLD',
          customer_info: { current_plan: 'SILVER', customer_since: '2020-01-01' },
        },
        channelType: 'digital',
        streamId: '97555020-0276-435f-8104-c378221ba292',
      }),
    );
  });

  test('without message and options, nothing but the conversation', async () => {
    const { body } = await arrived({ sendMessage: false });
    expect(body).toEqual({ conversationId: CONVERSATION_ID });
  });

  test.each([
    ['line breaks and quotes', 'a\n"b"\t\\c'],
    ['other scripts and emoji', 'Grüße, 你好, 👩‍👩‍👧 \u202e'],
    ['spaces at both ends', '  x  '],
    ['an expression-like text', '{{ not evaluated }}'],
    ['a long text', 'x'.repeat(100_000)],
  ])('text with %s is unchanged', async (_name, text) => {
    const { body } = await arrived({ text: '={{ $json.text }}' }, { text });
    expect(body.message).toMatchObject({ text });
  });

  test('each item sends its own values', async () => {
    const items = ['A1', 'B2', 'C3'].map((id) => ({
      id,
      text: `text of ${id}`,
      customer: `customer of ${id}`,
    }));
    const { json } = await runAsapp(asapp, {
      parameters: analyzeParameters({
        conversationId: '={{ $json.id }}',
        text: '={{ $json.text }}',
        customerExternalId: '={{ $json.customer }}',
        options: { taskName: '={{ "task of " + $json.id }}' },
      }),
      items,
    });
    expect(json.map(({ conversationId }) => conversationId)).toEqual(['A1', 'B2', 'C3']);
    expect(
      asapp.sandbox.ledger.requests.map(({ rawBody }) => JSON.parse(rawBody ?? '') as IDataObject),
    ).toMatchObject(
      items.map(({ id, text, customer }) => ({
        conversationId: id,
        message: { text, sender: { role: 'customer', externalId: customer } },
        taskName: `task of ${id}`,
      })),
    );
  });

  test('numbers given for text are sent as text', async () => {
    const { body } = await arrived(
      {
        conversationId: '={{ $json.id }}',
        text: '={{ $json.id }}',
        customerExternalId: '={{ $json.id }}',
        options: { streamId: '={{ $json.id }}', taskName: '={{ $json.id }}' },
      },
      { id: 4711 },
    );
    expect(body).toMatchObject({
      conversationId: '4711',
      message: { text: '4711', sender: { externalId: '4711' } },
      streamId: '4711',
      taskName: '4711',
    });
  });

  test('spaces around a pasted conversation ID are dropped', async () => {
    const { body } = await arrived({ conversationId: ` ${CONVERSATION_ID}\n` });
    expect(body.conversationId).toBe(CONVERSATION_ID);
  });

  test('input variables of every type keep their type', async () => {
    const assignments = [
      { id: '1', name: 'text', type: 'string', value: '={{ 5 }}' },
      { id: '2', name: 'count', type: 'number', value: '7' },
      { id: '3', name: 'vip', type: 'boolean', value: 'true' },
      { id: '4', name: 'list', type: 'array', value: '[1, "b"]' },
      { id: '5', name: 'deep.object', type: 'object', value: '={{ ({a: {b: null} }) }}' },
      { id: '6', name: '__proto__.polluted', type: 'string', value: 'no' },
    ];
    const { text, body } = await arrived({ inputVariables: { assignments } });
    expect(body.inputVariables).toMatchObject({
      text: '5',
      count: 7,
      vip: true,
      list: [1, 'b'],
      deep: { object: { a: { b: null } } },
    });
    expect(text).toContain('"__proto__":{"polluted":"no"}');
    expect(({} as IDataObject).polluted).toBeUndefined();
  });

  test.each([
    [
      'text',
      '{"a": {"b": [1, 2.50, "ü"]}, "__proto__": {"polluted": true}, "constructor": {"prototype": 1}}',
      {},
    ],
    ['an object', '={{ $json.variables }}', { variables: { a: { b: [1, 2.5, 'ü'] } } }],
    ['text from an expression', '={{ $json.variables }}', { variables: '{"a": {"b": [1, 2.5, "ü"]}}' }],
  ])('input variables as JSON given as %s', async (_name, inputVariablesJson, item) => {
    const { text } = await arrived({ inputVariablesInput: 'json', inputVariablesJson }, item);
    expect(text).toContain('"a":{"b":[1,2.5,"ü"]}');
    expect(({} as IDataObject).polluted).toBeUndefined();
  });

  test.each(['', '{}', '  '])('no input variables are sent for the JSON %j', async (inputVariablesJson) => {
    const { body } = await arrived({ inputVariablesInput: 'json', inputVariablesJson });
    expect(body).not.toHaveProperty('inputVariables');
  });

  test.each(['digital', 'voice'])('channel type %s', async (channelType) => {
    const { body } = await arrived({ options: { channelType } });
    expect(body.channelType).toBe(channelType);
  });

  test('send message may be switched by an expression', async () => {
    const { body } = await arrived(
      { sendMessage: '={{ $json.send }}', text: '={{ $json.none }}' },
      { send: 'false' },
    );
    expect(body).not.toHaveProperty('message');
  });
});

describe('what is refused before it is sent', () => {
  test.each<[string, INodeParameters, RegExp]>([
    [
      'conversation ID of an empty expression',
      { conversationId: '={{ $json.none }}' },
      /'Conversation ID' is empty/,
    ],
    ['conversation ID of spaces', { conversationId: '={{ "  " }}' }, /'Conversation ID' is empty/],
    ['conversation ID in lower case', { conversationId: 'abc' }, /'Conversation ID' .*this item has "abc"/],
    ['conversation ID with a slash', { conversationId: 'A/../B' }, /'Conversation ID'/],
    [
      'conversation ID that is an object',
      { conversationId: '={{ {a: 1} }}' },
      /'Conversation ID' must be text; .*object/,
    ],
    ['text of an empty expression', { text: '={{ $json.none }}' }, /'Message Text' is empty/],
    ['text that is a list', { text: '={{ [1] }}' }, /'Message Text' must be text; this item has a list/],
    [
      'customer of an empty expression',
      { customerExternalId: '={{ "" }}' },
      /'Customer External ID' is empty/,
    ],
    ['a switch that is neither', { sendMessage: '={{ "maybe" }}' }, /'Send Message' must be true or false/],
    [
      'a channel nobody knows',
      { options: { channelType: '={{ "fax" }}' } },
      /'Channel Type' must be digital or voice/,
    ],
    [
      'JSON with a flaw',
      variablesJson('{"a" 1}'),
      /'Input Variables \(JSON\)' is not valid JSON \(at character 6\)/,
    ],
    ['JSON that is a list', variablesJson('[1]'), /'Input Variables \(JSON\)' must be a JSON object.*a list/],
    ['JSON that is text', variablesJson('"a"'), /'Input Variables \(JSON\)' must be a JSON object.*text/],
    ['JSON that is null', variablesJson('null'), /'Input Variables \(JSON\)' must be a JSON object.*nothing/],
    [
      'a variable that is no number',
      variable('n', 'number', 'many'),
      /'Input Variables' .*"n" .*type number/,
    ],
    ['a variable without name', variable('', 'string', 'x'), /'Input Variables' has a row without a name/],
    ['a variable with a stray dot', variable('a..b', 'string', 'x'), /'Input Variables' .*"a\.\.b"/],
    [
      'two variables in one place',
      { inputVariables: { assignments: [row('a', 'string', 'x'), row('a.b', 'string', 'y')] } },
      /'Input Variables' gives "a\.b" twice/,
    ],
    ['a timeout of zero', { options: { timeout: 0 } }, /'Timeout' must be a number from 0\.1 to 300/],
    [
      'a timeout that is no number',
      { options: { timeout: '={{ "soon" }}' } },
      /'Timeout' must be a number from/,
    ],
    [
      'an expression that fails',
      { text: "={{ $('Nowhere').item.json.a }}" },
      /'Message Text' .*could not be evaluated/,
    ],
  ])('%s', async (_name, changes, message) => {
    expect(await refused(changes)).toMatch(message);
  });
});

function row(name: string, type: string, value: string): INodeParameters {
  return { id: name, name, type, value };
}

function variable(name: string, type: string, value: string): INodeParameters {
  return { inputVariables: { assignments: [row(name, type, value)] } };
}

function variablesJson(inputVariablesJson: string): INodeParameters {
  return { inputVariablesInput: 'json', inputVariablesJson };
}

describe('the answer', () => {
  test("is the output item, with ASAPP's own ids", async () => {
    const { items } = await runAsapp(asapp, { parameters: analyzeParameters() });
    const [message] = asapp.sandbox.ledger.messages;
    expect(items).toEqual([
      { json: { conversationId: CONVERSATION_ID, messageId: message?.messageId }, pairedItem: { item: 0 } },
    ]);
    expect(message?.messageId).toMatch(/^[0-9A-Z]{26}$/);
  });

  test('has no message ID when no message was sent', async () => {
    const { json } = await runAsapp(asapp, { parameters: analyzeParameters({ sendMessage: false }) });
    expect(json).toEqual([{ conversationId: CONVERSATION_ID }]);
  });
});
