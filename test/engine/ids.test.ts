import { useAsapp } from '../support/asapp';
import { parametersOf } from '../support/parameters';
import { delivery, refusal } from '../support/refusal';

const asapp = useAsapp();

describe('an ID', () => {
  test.each<[string, string, string]>([
    ['message.get', 'messageId', 'Message ID'],
    ['callTransfer.get', 'transferId', 'Transfer ID'],
    ['conversation.find', 'externalId', 'External ID'],
  ])('of %s cannot lead to another path, nor be half a character', async (name, parameter, field) => {
    for (const [id, shown] of [
      ['.', '"."'],
      ['..', '".."'],
      ['a\uD800', '"a<U+D800>"'],
    ] as const) {
      expect(await refusal(asapp, parametersOf(name, { [parameter]: id }))).toBe(
        `'${field}' cannot be an ID or a name; this item has ${shown}`,
      );
    }
  });
});

describe('a language', () => {
  test.each(['en\nX-Other: 1', 'en, de', '\u0435n', 'e', 'en_US', 'english please'])(
    '%j is refused, as it goes into a header',
    async (language) => {
      const message = await refusal(asapp, parametersOf('summary.freeText', { options: { language } }));
      expect(message).toMatch(/^'Language' must be a language such as en or en-US; this item has "/);
    },
  );

  test.each([
    [' de-DE ', 'de-DE'],
    ['zh-Hant-TW', 'zh-Hant-TW'],
    ['={{ $json.nope }}', undefined],
  ])('%j arrives as %j', async (language, expected) => {
    await delivery(asapp, parametersOf('summary.freeText', { options: { language } }));
    expect(asapp.sandbox.ledger.requests[0]?.headers['accept-language']).toBe(expected);
  });
});

describe('rows that are an expression as a whole', () => {
  test.each([
    [
      '={{ ({plan: "GOLD"}) }}',
      "'Input Variables' has an expression that could not be evaluated: a collection that is one expression as a whole has no fields for n8n",
    ],
    [{ assignments: '={{ ({plan: "GOLD"}) }}' }, "'Input Variables' must have rows; this item has an object"],
    [{ assignments: '={{ [null] }}' }, "'Input Variables' has a row without a name"],
  ])('%j is refused', async (inputVariables, message) => {
    expect(await refusal(asapp, parametersOf('generativeAgent.analyze', { inputVariables }))).toBe(message);
  });

  test('a list of rows arrives', async () => {
    const assignments = '={{ [{name: "plan", type: "string", value: "GOLD"}] }}';
    const parameters = parametersOf('generativeAgent.analyze', { inputVariables: { assignments } });
    expect(await delivery(asapp, parameters)).toContain('"inputVariables":{"plan":"GOLD"}');
  });
});
