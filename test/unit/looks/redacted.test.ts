import { isRedactionOf } from '../../../nodes/Asapp/looks/redacted';

const TEXT = 'My card is 4111 and my name is Ann Lee';

test.each([
  ['in stars', 'My card is **** and my name is Ann Lee'],
  ['in one star', 'My card is * and my name is Ann Lee'],
  ['in blocks', 'My card is ████ and my name is Ann Lee'],
  ['in bullets', 'My card is •••• and my name is Ann Lee'],
  ['in hashes', 'My card is ### and my name is Ann Lee'],
  ['in letters', 'My card is XXX and my name is Ann Lee'],
  ['as a word in square brackets', 'My card is [CARD_NUMBER] and my name is Ann Lee'],
  ['as a word in angle brackets', 'My card is <CARD NUMBER> and my name is Ann Lee'],
  ['in two places', 'My card is **** and my name is [NAME]'],
  ['at its beginning', '*** and my name is Ann Lee'],
  ['in three places', '[SAID] is *** and my name ##### Lee'],
  ['as a whole', '*****'],
  ['nowhere but with masks for nothing', 'My card is 4111*** and my name is Ann Lee'],
])('a text that was blacked out %s', (_name, shown) => {
  expect(isRedactionOf(shown, TEXT)).toBe(true);
});

test.each([
  ['without a mask', 'My card is'],
  ['that is empty', ''],
  ['that is the same', TEXT],
  ['with one hash, which is no mask', 'My card is # and my name is Ann Lee'],
  ['with one X, which is no mask', 'My card is X and my name is Ann Lee'],
  ['with another beginning', 'His card is **** and my name is Ann Lee'],
  ['with another end', 'My card is **** and my name is Bob'],
  ['with something else between', 'My card is **** but my name ### Ann Lee'],
  ['with the same parts in another order', 'My *** name *** card *** Lee'],
  [
    'with a lower-case word in brackets, which a customer may write',
    'My card is [lost] and my name is Ann Lee',
  ],
])('is not a text %s', (_name, shown) => {
  expect(isRedactionOf(shown, TEXT)).toBe(false);
});

test('its beginning and its end are not the same letters, nor is a part of them', () => {
  expect(isRedactionOf('abc*bcd', 'abcd')).toBe(false);
  expect(isRedactionOf('a*bb*bb*c', 'abbc')).toBe(false);
  expect(isRedactionOf('ab***cd', 'abcd')).toBe(true);
  expect(isRedactionOf('a**b**bc', 'abc')).toBe(false);
  expect(isRedactionOf('a**b**c', 'abc')).toBe(true);
  expect(isRedactionOf('**b**b**', 'ab')).toBe(false);
});
