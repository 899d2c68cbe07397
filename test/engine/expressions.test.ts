import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { analyzeParameters } from '../support/parameters';
import { runAsapp, useAsapp } from '../support/asapp';

const asapp = useAsapp();

/** What arrived and what came out, without what differs from run to run. */
async function resultOf(items: IDataObject[], conversationId: string, text: string) {
  asapp.sandbox.ledger.clear();
  const { json } = await runAsapp(asapp, {
    parameters: analyzeParameters({ conversationId, text, options: { maxRetries: 0, maxConcurrency: 1 } }),
    items,
    node: { onError: 'continueRegularOutput' },
  });
  const arrived = asapp.sandbox.ledger.requests.map(({ body }) => {
    const { conversationId: id, message } = body as { conversationId: string; message: { text: string } };
    return [id, message.text];
  });
  return { arrived, outcomes: json.map(({ messageId: _, ...rest }) => rest) };
}

const value = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[A-Z0-9]{1,8}$/) },
  fc.string(),
  fc.double(),
  fc.boolean(),
  fc.constantFrom(null, '', '={{ 1 + 1 }}', '{{ $json.text }}', ' 01ABC ', [], ['A'], {}, { text: 'A' }),
);
const item = fc.record(
  {
    text: value,
    id: value,
    deep: fc.oneof(value, fc.record({ text: value, id: value }, { requiredKeys: [] })),
    constructor: value,
    length: value,
  },
  { requiredKeys: [] },
) as fc.Arbitrary<IDataObject>;
const path = fc.constantFrom(
  '$json.text',
  '$json.id',
  '$json.deep.text',
  '$json.deep.id',
  '$json.deep.id.length',
  '$json.missing',
  '$json.constructor',
  '$json.toString',
  '$json.__proto__',
);

describe('an expression that only names a field', () => {
  it('has the value that n8n gives it, whatever the items hold', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(item, { minLength: 2, maxLength: 12 }),
        path,
        path,
        async (items, id, text) => {
          const plain = await resultOf(items, `={{ ${id} }}`, `={{${text}}}`);
          // The parentheses change nothing but who evaluates.
          const evaluated = await resultOf(items, `={{ (${id}) }}`, `={{ (${text}) }}`);
          expect(plain).toEqual(evaluated);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('stays text when there is text around it', async () => {
    const items = [{ id: '01A' }, { id: '01B' }];
    const { arrived } = await resultOf(items, '={{ $json.id }}', '=Hi {{ $json.id }}');
    expect(arrived).toEqual([
      ['01A', 'Hi 01A'],
      ['01B', 'Hi 01B'],
    ]);
  });
});
