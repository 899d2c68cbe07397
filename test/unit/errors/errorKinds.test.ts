import { ERROR_KINDS, kindOfStatus } from '../../../nodes/Asapp/errors/errorKinds';

test('each kind says when it happens, for the list of a branch', () => {
  expect(Object.fromEntries(Object.entries(ERROR_KINDS).map(([kind, { when }]) => [kind, when]))).toEqual({
    badRequest: 'ASAPP could not read the request',
    unauthorized: 'ASAPP does not accept the API key',
    forbidden: 'The API key may not do this',
    notFound: 'ASAPP does not know what the item names',
    conflict: 'ASAPP holds this already, or something that contradicts it',
    requestEntityTooLarge: 'The item is too large',
    unprocessableEntity: 'ASAPP understood the request but refuses a value in it',
    tooManyRequests: 'The limit of requests a second or a day is reached',
    internalServerError: 'Something went wrong inside ASAPP (500, and every other 5xx but 503)',
    serviceUnavailable: 'ASAPP is down or overloaded',
    invalidInput: 'A field of the item is missing or wrong; nothing was sent',
    credentialUnusable: 'The ASAPP credential is missing, incomplete or cannot be read; nothing was sent',
    connectionFailed: 'The connection was refused or broke, or the host is unknown',
    timeout: "No answer came within 'Timeout'",
    replyTimeout: "ASAPP accepted the item, but GenerativeAgent's reply did not end within 'Reply Timeout'",
    unexpectedResponse: 'The answer is not one that ASAPP documents, e.g. a redirect or an HTML page',
  });
});

test.each([
  [400, 'badRequest'],
  [499, 'unexpectedResponse'],
  [500, 'internalServerError'],
  [501, 'internalServerError'],
  [503, 'serviceUnavailable'],
  [599, 'internalServerError'],
  [302, 'unexpectedResponse'],
])('%i is %s', (status, kind) => {
  expect(kindOfStatus(status)).toBe(kind);
});
