import { Redactor } from '../../../nodes/Asapp/errors/redact';
import { wordsOf } from '../../../nodes/Asapp/errors/words';

const SECRET = 'the-secret-value-0123';

function words(body: string, status = 502) {
  return wordsOf({ status, statusText: 'Reason', body }, new Redactor([SECRET]));
}
const said = (value: unknown, status?: number) => words(JSON.stringify(value), status).message;
const page = (markup: string, status?: number) => words(markup, status).message;

/** A value so many objects deep. */
function nested(levels: number, inner: unknown): unknown {
  return levels === 0 ? inner : { detail: nested(levels - 1, inner) };
}

describe("ASAPP's own", () => {
  test('words have a message, a code, a request ID and what else there is', () => {
    const error = { message: 'No', code: '400-01', requestId: 'r-1', path: '/x', hints: ['a'] };
    expect(words(JSON.stringify({ error }), 400)).toStrictEqual({
      isAsapps: true,
      message: 'No',
      code: '400-01',
      requestId: 'r-1',
      details: { path: '/x', hints: ['a'] },
    });
  });

  test.each([
    [{ message: 'No' }, { isAsapps: true, message: 'No' }],
    [{ requestId: 'r-1' }, { isAsapps: true, requestId: 'r-1' }],
    [
      { requestId: 'r-1', code: ' ', message: '' },
      { isAsapps: true, requestId: 'r-1' },
    ],
    [
      { message: 'No', code: 400, requestId: 7 },
      { isAsapps: true, message: 'No' },
    ],
    [
      { requestId: 'r-1', detail: 'Elsewhere' },
      { isAsapps: true, message: 'Elsewhere', requestId: 'r-1', details: { detail: 'Elsewhere' } },
    ],
  ])('%j', (error, expected) => {
    expect(words(JSON.stringify({ error }), 400)).toStrictEqual(expected);
  });

  test.each([[{ code: '400-01' }], [{ message: ' ', requestId: '' }], [null], ['No'], [['No']]])(
    'form is not that of %j',
    (error) => {
      expect(words(JSON.stringify({ error }), 400)).toMatchObject({ isAsapps: false });
    },
  );

  test('details have as many of their keys as there is room for, and none that is too deep', () => {
    const error = {
      message: 'No',
      long: 'x'.repeat(3_900),
      next: 'y'.repeat(200),
      last: 'z',
      deep: nested(60, 'x'),
      shallow: nested(40, 'x'),
    };
    const { details = {} } = words(JSON.stringify({ error }), 400);
    expect(Object.keys(details)).toEqual(['long']);
    const small = words(JSON.stringify({ error: { ...error, long: 'x', next: 'y' } }), 400);
    expect(Object.keys(small.details ?? {})).toEqual(['long', 'next', 'last', 'shallow']);
  });

  test('details may have 4,000 characters of JSON, and no more', () => {
    // ["a","…"] has eight characters beside the text.
    const detailsOf = (length: number) =>
      words(JSON.stringify({ error: { message: 'No', a: 'x'.repeat(length) } }), 400).details;
    expect(detailsOf(3_992)).toBeDefined();
    expect(detailsOf(3_993)).toBeUndefined();
  });

  test('values that are 50 deep are kept, deeper ones are not', () => {
    const detailsOf = (levels: number) =>
      words(JSON.stringify({ error: { message: 'No', a: nested(levels, 'x') } }), 400).details;
    expect(detailsOf(50)).toBeDefined();
    expect(detailsOf(51)).toBeUndefined();
    // One that is deep does not take those with it that are not.
    const list = words(
      JSON.stringify({ error: { message: 'No', a: [nested(60, 'x'), 'y'], b: [{ c: null }] } }),
      400,
    );
    expect(list.details).toEqual({ b: [{ c: null }] });
  });

  test('words have no secret', () => {
    const error = { message: SECRET, code: SECRET, requestId: SECRET, [SECRET]: { [SECRET]: SECRET } };
    const { details, ...own } = words(JSON.stringify({ error }), 400);
    expect(JSON.stringify(own)).not.toContain(SECRET);
    expect(Object.values(details ?? {}).map((value) => Object.values(value as object))).not.toEqual([
      [SECRET],
    ]);
  });
});

describe('JSON of others', () => {
  test.each([
    'message',
    'Message',
    'error_description',
    'errorMessage',
    'detail',
    'details',
    'description',
    'msg',
    'reason',
    'faultstring',
    'error',
    'errors',
    'fault',
    'title',
  ])('has its words under %s', (key) => {
    expect(said({ other: 'x', [key]: 'Said' })).toBe('Said');
  });

  test('is looked through from the most telling place on', () => {
    expect(said({ title: 'Title', message: 'Message' })).toBe('Message');
    expect(said({ message: ' ', detail: 'Detail' })).toBe('Detail');
    expect(said({ message: null, error: { reason: 'Reason' } })).toBe('Reason');
  });

  test('may have several', () => {
    expect(said({ errors: ['One', { message: 'Two' }, 3, ' '] })).toBe('One; Two');
    expect(said(['One', 'Two'])).toBe('One; Two');
  });

  test('is looked through four levels deep', () => {
    expect(said(nested(4, { message: 'Deep' }))).toBe('Deep');
    // Deeper, the whole is quoted.
    expect(said(nested(5, { message: 'Deep' }))).toContain('{"detail"');
    expect(said([[[[['Deep']]]]])).toBe('Deep');
    expect(said([[[[[['Deep']]]]]])).toBe('[[[[[["Deep"]]]]]]');
  });

  test('is quoted as a whole where its words are in no known place', () => {
    expect(said({ what: 'Said' })).toBe('{"what":"Said"}');
    expect(said({ what: [1, { x: 'Said' }] })).toBe('{"what":[1,{"x":"Said"}]}');
  });

  test.each([[{}], [[]], [{ status: 502 }], [{ what: [1, null, true, ' '] }], [null], [7], [''], [[[]]]])(
    'without a text says nothing: %j',
    (value) => {
      expect(words(JSON.stringify(value))).toStrictEqual({ isAsapps: false });
    },
  );

  test('that is too deep to be handled says nothing', () => {
    expect(said(nested(60, { what: 'x' }))).toBeUndefined();
  });

  test('may be a text alone', () => {
    expect(said('Said')).toBe('Said');
  });
});

describe('a success', () => {
  test.each([
    [JSON.stringify({ message: 'Data', url: 'https://x' }), undefined],
    [JSON.stringify({ error: 'Said' }), 'Said'],
    [JSON.stringify({ error: { detail: 'Said' } }), 'Said'],
    [JSON.stringify(['error']), undefined],
    ['https://stream.example.com/?token=x', undefined],
    [' \n<p>Sign in</p>', 'Sign in'],
  ])('is quoted only if it is a page or an error: %s', (body, expected) => {
    expect(page(body, 200)).toBe(expected);
    expect(page(body, 299)).toBe(expected);
  });

  test('from 300 on it is a refusal', () => {
    expect(page('Moved', 300)).toBe('Moved');
    expect(page('Moved', 299)).toBeUndefined();
  });
});

describe('a page', () => {
  test.each([
    ['<h1>Bad Gateway</h1><p>nginx</p>', 'Bad Gateway nginx'],
    ['<html><head><title>Sorry</title></head><body>No entry</body></html>', 'No entry'],
    ['<HTML><HEAD lang="en"><title>Sorry</title></HEAD ><body></body></HTML>', 'Sorry'],
    ['<head><title>Only a head', 'Only a head'],
    ['a<!-- hidden -->b', 'a b'],
    ['a<!-- hidden', 'a'],
    ['a<script>hidden()</script>b', 'a b'],
    ['a<STYLE type="x">hidden</STYLE  >b', 'a b'],
    ['a<template>hidden</template>b<script>x', 'a b'],
    ['a<script>1</script>b<script>2</script>c', 'a b c'],
    ['<b>Bad</b> re<em>quest</em> <a href="x">here</a>', 'Bad request here'],
    ['wo<wbr>rd <strong class="x">now</strong>', 'word now'],
    ['one<br>two<br/>three', 'one two three'],
    ['one<!doctype html>two<?xml?>three', 'one two three'],
    ['a < b and c > d', 'a < b and c > d'],
    ['cut off <di', 'cut off'],
    ['Tom &amp; Ann &lt;3', 'Tom & Ann <3'],
    ['  two \n\t  lines\u0000 ', 'two lines'],
  ])('%j says', (markup, expected) => {
    expect(page(markup)).toBe(expected);
  });

  test.each(['', '   ', '<p></p>', '<!-- nothing -->'])('without words says nothing: %j', (markup) => {
    expect(words(markup)).toStrictEqual({ isAsapps: false });
  });

  test('is quoted up to 200 characters, whole ones', () => {
    expect(page('x'.repeat(200))).toBe('x'.repeat(200));
    expect(page('x'.repeat(201))).toBe(`${'x'.repeat(200)}…`);
    expect(page('😀'.repeat(200))).toBe('😀'.repeat(200));
    expect(page('😀'.repeat(201))).toBe(`${'😀'.repeat(200)}…`);
  });

  test('is read up to 64 K characters', () => {
    expect(page(`${'<br>'.repeat(16_383)}abcdef`)).toBe('abcd');
  });

  test('has no secret, nor one that markup had torn apart', () => {
    expect(page(`key ${SECRET}`)).not.toContain(SECRET);
    expect(page(`key the-secret<b></b>-value-0123`)).not.toContain(SECRET);
    expect(page(`<!-- ${SECRET} -->`)).toBeUndefined();
  });
});
