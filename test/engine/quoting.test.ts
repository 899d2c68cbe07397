import type { INodeParameters } from 'n8n-workflow';

import { runAsapp, useAsapp } from '../support/asapp';
import { branchParameters } from '../support/branches';
import { analyzeParameters, authenticateParameters } from '../support/parameters';
import { refusal } from '../support/refusal';

const asapp = useAsapp();

/** What the message about an ID shows of it. */
async function shownId(conversationId: string): Promise<string | undefined> {
  const message = await refusal(asapp, analyzeParameters({ conversationId }));
  return /this item has (".*")$/.exec(message)?.[1];
}

/** What the message about a row shows of its name. */
async function shownName(name: string): Promise<string | undefined> {
  const assignments = [{ id: '1', name, type: 'number', value: 'many' }];
  const message = await refusal(asapp, analyzeParameters({ inputVariables: { assignments } }));
  return /has a value for (".*") that is not/.exec(message)?.[1];
}

test.each([
  ['a zero-width space', '01ABC\u200B', '"01ABC<U+200B>"'],
  ['a mark at the beginning', '\u200E01ABC', '"<U+200E>01ABC"'],
  ['a byte order mark inside', '01\uFEFFABC', '"01<U+FEFF>ABC"'],
  ['a direction that is turned', '01\u202EABC', '"01<U+202E>ABC"'],
  ['a space that does not break', '01\u00A0ABC', '"01<U+00A0>ABC"'],
  ['a soft hyphen', '01\u00ADABC', '"01<U+00AD>ABC"'],
  ['a tag', '01ABC\u{E0041}', '"01ABC<U+E0041>"'],
  ['a Cyrillic letter', '01\u0410BC', '"01<U+0410>BC"'],
  ['a wide letter', '01\uFF21BC', '"01<U+FF21>BC"'],
  ['digits of another script', '\u0660\u0661', '"<U+0660><U+0661>"'],
  ['half a character', '01\uD800', '"01<U+D800>"'],
  ['a control character', '01\u007F', '"01<U+007F>"'],
  ['a line break and a quote', '01\n"A', '"01\\n\\"A"'],
  ['100 characters', 'x'.repeat(100), `"${'x'.repeat(60)}…"`],
])('an ID with %s', async (_name, id, expected) => {
  expect(await shownId(id)).toBe(expected);
});

test.each([
  ['letters of any language', 'Kündigung 顧客 клиент_1 τιμή ชื่อ', '"Kündigung 顧客 клиент_1 τιμή ชื่อ"'],
  ['Latin beside Japanese', 'Tシャツ', '"Tシャツ"'],
  ['a Cyrillic letter in a Latin word', 'pl\u0430n', '"pl<U+0430>n"'],
  ['a Greek letter in a Latin word', 'pl\u03B1n', '"pl<U+03B1>n"'],
  ['a bold letter', 'pl\u{1D41A}n', '"pl<U+1D41A>n"'],
  ['a filler', 'plan\u3164', '"plan<U+3164>"'],
  ['a blank of Braille', 'plan\u2800', '"plan<U+2800>"'],
  ['a joiner', 'plan\u200D', '"plan<U+200D>"'],
  ['a wide space', 'my\u3000plan', '"my<U+3000>plan"'],
  ['a control character', 'plan\u0007', '"plan<U+0007>"'],
  ['100 characters of two places', '\u{1F600}'.repeat(100), `"${'\u{1F600}'.repeat(60)}…"`],
])('a name with %s', async (_name, name, expected) => {
  expect(await shownName(name)).toBe(expected);
});

test('a list of names, each of which is long', async () => {
  const long = 'x'.repeat(100);
  const entry = [
    { name: long, value: 'canary-1' },
    { name: long.toUpperCase(), value: 'canary-2' },
  ];
  expect(await refusal(asapp, authenticateParameters({ auth: { headers: { entry } } }))).toBe(
    `'Headers' has both "${'x'.repeat(60)}…" and "${'X'.repeat(60)}…", which are the same header: keep one`,
  );
});

test.each<[string, INodeParameters, string]>([
  [
    'a choice',
    analyzeParameters({ options: { channelType: '={{ "digit\u0430l" }}' } }),
    `'Channel Type' must be digital or voice; this item has "digit<U+0430>l"`,
  ],
  [
    'the name of a header',
    authenticateParameters({ auth: { headers: { entry: [{ name: 'X-\u0410', value: 'canary' }] } } }),
    `'Headers' has a name with "<U+0410>" in it, after "X-": the name of a header cannot have that`,
  ],
  [
    'the name of a cookie, in the name of its row',
    authenticateParameters({ auth: { cookies: { entry: [{ name: 'sid\u200B', value: '' }] } } }),
    "'Cookies → sid<U+200B>' is empty: enter a value, or check that its expression finds one",
  ],
  [
    'a key of JSON',
    analyzeParameters({ inputVariablesInput: 'json', inputVariablesJson: '{"n\u200B": 1e400}' }),
    `'Input Variables (JSON)' has a number for "n<U+200B>" that cannot be sent exactly: give it as text, in quotes`,
  ],
])('%s', async (_name, parameters, message) => {
  expect(await refusal(asapp, parameters)).toBe(message);
});

test("ASAPP's codes and the name of their branch", async () => {
  const { error } = await runAsapp(asapp, {
    parameters: branchParameters([{ name: `M\u0456ne${'x'.repeat(80)}`, errors: [], codes: '400\u200B-01' }]),
  });
  expect(error?.message).toBe(
    `'ASAPP Codes' of the branch 'M<U+0456>ne${'x'.repeat(56)}…' has "400<U+200B>-01": write codes such as 400-03, or 429-* for all that begin with 429-`,
  );
});
