import {
  AsappError,
  credentialUnusable,
  fromAnswer,
  fromCredential,
  fromFailure,
  fromUnexpectedBody,
  invalidInput,
  notSentBecause,
  replyMissing,
  streamBroken,
  unforeseenAfterSending,
} from '../../../nodes/Asapp/errors/asappError';
import {
  UnreadableCredential,
  type HttpAnswer,
  type HttpFailure,
} from '../../../nodes/Asapp/transport/exchange';

const SECRET = 'the-secret-value-0123';
const ONCE = { idempotent: false };
const AGAIN = { idempotent: true };

const MAYBE = 'ASAPP may have accepted this item: look at the conversation before you send it again.';
const SUPPORT = 'If it happens again, give ASAPP support the request ID.';
const FOREIGN =
  "The answer is not in ASAPP's form: something before ASAPP gave it, such as a gateway or a proxy.";

/** ASAPP's own refusal. */
function refusal(
  status: number,
  error: object = { requestId: 'r-1', code: `${status}-01`, message: 'No' },
): HttpAnswer {
  return { status, statusText: 'Reason', body: JSON.stringify({ error }) };
}

function page(status: number, changes: Partial<HttpAnswer> = {}): HttpAnswer {
  return { status, statusText: 'Reason', body: '<h1>Sorry</h1>', ...changes };
}

function failure(changes: Partial<HttpFailure> = {}): HttpFailure {
  return {
    host: 'api.asapp.com',
    code: 'ECONNRESET',
    reason: `socket hang up of ${SECRET}`,
    timedOut: false,
    timeoutSeconds: 30,
    ...changes,
  };
}

const of = ({ details, circumstances }: AsappError) => ({ ...details, circumstances });

describe('what was not sent', () => {
  test('as a field is wrong', () => {
    const error = invalidInput("'Text' is empty");
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('AsappError');
    expect(error.message).toBe("'Text' is empty");
    expect(of(error)).toStrictEqual({
      kind: 'invalidInput',
      message: "'Text' is empty",
      retryable: false,
      attempts: 0,
      phase: 'notSent',
      description: 'Nothing was sent. Correct the field that the message names, then run the item again.',
      circumstances: { mayHaveArrived: false },
    });
  });

  test.each([true, false])('as the credential cannot be used (retryable: %s)', (retryable) => {
    expect(of(credentialUnusable('No key', retryable))).toMatchObject({
      kind: 'credentialUnusable',
      message: 'No key',
      retryable,
      attempts: 0,
      phase: 'notSent',
    });
  });

  test('as the credential was not read: later it may be', () => {
    const words = 'The ASAPP credential cannot be used: The vault sleeps';
    expect(of(fromCredential(new UnreadableCredential('The vault sleeps')))).toMatchObject({
      message: words,
      retryable: true,
    });
    expect(of(fromCredential(new Error('The vault sleeps')))).toMatchObject({
      message: words,
      retryable: false,
    });
    expect(fromCredential('The vault sleeps').message).toBe(words);
  });

  test('as something failed that has to be there first', () => {
    const cause = fromAnswer(page(502), ONCE, []);
    expect(cause.details.inDoubt).toBe(true);
    const { inDoubt: _inDoubt, ...facts } = cause.details;
    expect(of(notSentBecause('No stream', cause))).toStrictEqual({
      ...facts,
      message: `No stream: ${cause.message}`,
      attempts: 0,
      phase: 'notSent',
      circumstances: cause.circumstances,
    });
  });
});

describe("an answer of ASAPP's own", () => {
  test('has its words, code, request ID and what else it says', () => {
    const answer = refusal(422, { requestId: 'r-1', code: '422-03', message: 'Wrong', fields: ['a'] });
    expect(of(fromAnswer(answer, ONCE, []))).toStrictEqual({
      kind: 'unprocessableEntity',
      status: 422,
      code: '422-03',
      message: 'Wrong',
      requestId: 'r-1',
      details: { fields: ['a'] },
      retryable: false,
      attempts: 1,
      phase: 'answered',
      description: 'Correct the value that the message names, then run the item again.',
      circumstances: { mayHaveArrived: false },
    });
  });

  test.each<[number, boolean, boolean, string]>([
    // status, in doubt, may have arrived, description
    [
      400,
      false,
      false,
      'Compare the fields of this item with what the message names, then run the item again.',
    ],
    [403, false, false, 'Ask your ASAPP account team to enable this API for your API ID.'],
    [
      409,
      false,
      true,
      'ASAPP may hold this already: look at the conversation before you send the item again.',
    ],
    [418, false, false, 'ASAPP does not document this status: give ASAPP support the request ID.'],
    [429, false, false, 'Send fewer requests a second, or send this item again later.'],
    [499, false, false, 'ASAPP does not document this status: give ASAPP support the request ID.'],
    [500, true, true, `${MAYBE} ${SUPPORT}`],
    [503, false, false, "Send this item again later; ASAPP's status page tells whether an outage is known."],
    [504, true, true, `${MAYBE} ${SUPPORT}`],
  ])('%i to what must not arrive twice', (status, inDoubt, mayHaveArrived, description) => {
    const { details, circumstances } = fromAnswer(refusal(status), ONCE, []);
    expect([details.inDoubt ?? false, circumstances, details.description]).toEqual([
      inDoubt,
      { mayHaveArrived },
      description,
    ]);
    if (inDoubt) expect(details.retryable).toBe(false);
  });

  test.each([409, 500, 503])('%i to what may arrive twice is no doubt', (status) => {
    const { details, circumstances } = fromAnswer(refusal(status), AGAIN, []);
    expect(details).not.toHaveProperty('inDoubt');
    expect(circumstances).toEqual({ mayHaveArrived: false });
    expect(details.retryable).toBe(status !== 409);
  });

  test('a conflict of what may arrive twice is not its own first arrival', () => {
    expect(fromAnswer(refusal(409), AGAIN, []).details.description).toBe(
      'Compare this item with what ASAPP holds already, then run it again.',
    );
  });

  test('not found names the fields that name something', () => {
    const described = (ids?: string[]) =>
      fromAnswer(refusal(404), ids === undefined ? ONCE : { ...ONCE, ids }, []).details.description;
    expect(described(['Conversation ID', 'Message ID'])).toBe(
      "Check 'Conversation ID' and 'Message ID', and that the credential's environment knows what it names.",
    );
    const general = "Check that the credential's environment knows what this item names.";
    expect(described([])).toBe(general);
    expect(described()).toBe(general);
    expect(fromAnswer(refusal(400), { ...ONCE, ids: ['Conversation ID'] }, []).details.description).toBe(
      'Compare the fields of this item with what the message names, then run the item again.',
    );
  });

  test('an undocumented status without a request ID is about the item', () => {
    const answer = refusal(418, { message: 'Teapot' });
    expect(fromAnswer(answer, ONCE, []).details).toMatchObject({
      kind: 'unexpectedResponse',
      message: 'Teapot',
      description: 'Correct what the message names, then run the item again.',
    });
  });

  test('without words says so', () => {
    expect(fromAnswer(refusal(400, { requestId: 'r-1' }), ONCE, []).message).toBe(
      'ASAPP answered 400 Reason without saying why',
    );
  });

  test('passes on how long ASAPP asks to wait', () => {
    for (const status of [429, 500, 503]) {
      const answer = { ...refusal(status), retryAfter: 700 };
      expect(fromAnswer(answer, ONCE, []).circumstances.retryAfter).toBe(700);
      expect(fromAnswer(answer, AGAIN, []).circumstances.retryAfter).toBe(700);
      expect(fromAnswer(refusal(status), ONCE, []).circumstances).not.toHaveProperty('retryAfter');
    }
  });

  test('never repeats a secret', () => {
    const answer = refusal(400, {
      requestId: SECRET,
      code: SECRET,
      message: `No ${SECRET}`,
      more: { key: SECRET },
    });
    expect(JSON.stringify(fromAnswer(answer, ONCE, [SECRET]).details)).not.toContain(SECRET);
  });
});

describe('an answer of something before ASAPP', () => {
  test.each<[number, string, boolean, boolean, string]>([
    // status, kind, in doubt, may have arrived, description
    [
      401,
      'unauthorized',
      false,
      true,
      `Check 'API ID', 'API Secret' and 'Environment' in the ASAPP credential. ${FOREIGN}`,
    ],
    [
      403,
      'forbidden',
      false,
      true,
      `Ask your ASAPP account team to enable this API for your API ID. ${FOREIGN}`,
    ],
    [404, 'notFound', false, true, "Check that the credential's environment knows what this item names."],
    [429, 'tooManyRequests', false, false, 'Send fewer requests a second, or send this item again later.'],
    [500, 'internalServerError', true, true, `${MAYBE} ${FOREIGN}`],
    [502, 'internalServerError', true, true, `${MAYBE} ${FOREIGN}`],
    [503, 'serviceUnavailable', true, true, `${MAYBE} ${FOREIGN}`],
  ])('%i is %s', (status, kind, inDoubt, mayHaveArrived, description) => {
    const { details, circumstances } = fromAnswer(page(status), ONCE, []);
    expect([details.kind, details.inDoubt ?? false, circumstances, details.description]).toEqual([
      kind,
      inDoubt,
      { mayHaveArrived },
      description,
    ]);
    expect(details.message).toBe(`ASAPP answered ${status} Reason, not in ASAPP's form: "Sorry"`);
  });

  test.each([500, 503])('%i to what may arrive twice may be sent again', (status) => {
    expect(fromAnswer(page(status), AGAIN, []).details).toMatchObject({
      retryable: true,
      description: `Send this item again later. ${FOREIGN}`,
    });
  });

  test.each([401, 403])("%i in ASAPP's form but without a request ID is about the key", (status) => {
    expect(fromAnswer(refusal(status, { message: 'No' }), ONCE, []).details.description).not.toContain(
      FOREIGN,
    );
  });

  test.each([301, 302, 303, 307, 308])('%i is a redirect, and says to which host', (status) => {
    const location = `https://login.example.com/?token=${SECRET}`;
    expect(fromAnswer(page(status, { location }), ONCE, []).details).toMatchObject({
      kind: 'unexpectedResponse',
      message: `ASAPP answered ${status} Reason, a redirect to https://login.example.com that was not followed, so that the API secret stays with ASAPP`,
      description:
        "Check that the credential's 'Environment' leads to ASAPP and not to a proxy or a login page.",
    });
  });

  test.each([undefined, 'not a URL'])('a redirect to %s names no host', (location) => {
    const answer = page(302, location === undefined ? {} : { location });
    expect(fromAnswer(answer, ONCE, []).message).toBe(
      'ASAPP answered 302 Reason, a redirect that was not followed, so that the API secret stays with ASAPP',
    );
  });

  test('304 is no redirect, and a status may have no words of its own', () => {
    expect(fromAnswer(page(304, { statusText: '', body: '' }), ONCE, []).message).toBe(
      'ASAPP answered 304 without saying why',
    );
  });

  test('never repeats a secret', () => {
    const answer = page(502, { statusText: SECRET, body: `<p>${SECRET}</p>` });
    expect(JSON.stringify(fromAnswer(answer, ONCE, [SECRET]).details)).not.toContain(SECRET);
    const redirect = page(302, { location: `https://${SECRET}.example.com/` });
    expect(fromAnswer(redirect, ONCE, [SECRET]).message).not.toContain(SECRET);
  });
});

describe('a success that is not what is documented', () => {
  const flawed = (body: string, request = ONCE) =>
    of(fromUnexpectedBody({ status: 200, statusText: 'OK', body }, 'is not JSON', request, []));
  const ENVIRONMENT =
    "If it is not there, check that the credential's 'Environment' leads to ASAPP and not to a proxy or a login page.";

  test('leaves in doubt what must not arrive twice', () => {
    expect(flawed('')).toStrictEqual({
      kind: 'unexpectedResponse',
      status: 200,
      message: 'ASAPP answered 200, but the answer is not JSON',
      retryable: false,
      inDoubt: true,
      attempts: 1,
      phase: 'answered',
      description: `${MAYBE} ${ENVIRONMENT}`,
      circumstances: { mayHaveArrived: true },
    });
    expect(flawed('', AGAIN)).not.toHaveProperty('inDoubt');
  });

  test('quotes a page, and takes over what ASAPP says', () => {
    expect(flawed('<h1>Sign in</h1>').message).toBe(
      'ASAPP answered 200, but the answer is not JSON: "Sign in"',
    );
    expect(flawed(JSON.stringify({ error: { requestId: 'r-1', message: 'Odd' } }))).toMatchObject({
      message: 'Odd',
      requestId: 'r-1',
      description: `${MAYBE} ${SUPPORT}`,
    });
    expect(flawed(JSON.stringify({ error: { requestId: 'r-1' } })).message).toBe(
      'ASAPP answered 200, but the answer is not JSON',
    );
  });
});

describe('no whole answer', () => {
  const NETWORK = "If it is not there, check the network, the proxy and the credential's 'Environment'.";

  test.each<[string | undefined, string]>([
    ['ECONNRESET', 'the connection was closed before the whole answer came'],
    ['ERR_BAD_RESPONSE', 'the connection was closed before the whole answer came'],
    ['EPIPE', 'the connection was closed while the request was sent'],
    ['EHOSTUNREACH', 'the host cannot be reached'],
    ['ENETUNREACH', 'the network cannot be reached'],
    ['ERR_CANCELED', 'the execution was cancelled'],
    ['EPROTO', 'the host does not speak https at this address'],
    ['ERR_TLS_X', 'the secure connection failed'],
    ['ERR_SSL_X', 'the secure connection failed'],
  ])('%s leaves in doubt', (code, words) => {
    expect(of(fromFailure(failure({ code }), ONCE, []))).toStrictEqual({
      kind: 'connectionFailed',
      message: `Could not complete the call to api.asapp.com: ${words} (${code})`,
      retryable: false,
      inDoubt: true,
      attempts: 1,
      phase: 'sent',
      description: `${MAYBE} ${NETWORK}`,
      circumstances: { mayHaveArrived: true },
    });
  });

  test.each([
    ['ECONNREFUSED', 'connect', 'the connection was refused'],
    ['ENOTFOUND', 'getaddrinfo', 'the host name is unknown'],
    ['EAI_AGAIN', 'getaddrinfo', 'the host name could not be looked up'],
    ['CERT_HAS_EXPIRED', undefined, "the host's certificate is not trusted"],
  ])('%s proves that nothing arrived', (code, syscall, words) => {
    const given = failure({ code, ...(syscall === undefined ? {} : { syscall }) });
    expect(of(fromFailure(given, ONCE, []))).toStrictEqual({
      kind: 'connectionFailed',
      message: `Could not complete the call to api.asapp.com: ${words} (${code})`,
      retryable: true,
      attempts: 1,
      phase: 'notSent',
      description: "Check the network, the proxy and the credential's 'Environment'.",
      circumstances: { mayHaveArrived: false },
    });
  });

  test('says what the system said where nothing better is known, without secrets', () => {
    const words = (code: string | undefined) => fromFailure(failure({ code }), ONCE, [SECRET]).message;
    expect(words(undefined)).toMatch(
      /^Could not complete the call to api\.asapp\.com: socket hang up of \S+$/,
    );
    expect(words('XERR_TLS_')).toMatch(/: socket hang up of \S+ \(XERR_TLS_\)$/);
    expect(words(undefined)).not.toContain(SECRET);
  });

  test('a timeout names the option', () => {
    const given = failure({ timedOut: true, timeoutSeconds: 2.5 });
    expect(of(fromFailure(given, ONCE, []))).toMatchObject({
      kind: 'timeout',
      message: 'No answer from api.asapp.com within 2.5 s',
      phase: 'sent',
      inDoubt: true,
      description: `${MAYBE} Raise 'Timeout' under 'Options' if ASAPP answers slowly.`,
    });
    expect(of(fromFailure(given, AGAIN, []))).toMatchObject({
      retryable: true,
      description: "Raise 'Timeout' under 'Options', or send this item again later.",
      circumstances: { mayHaveArrived: false },
    });
  });
});

test('what nobody foresaw after sending is a doubt, with what had come by then', () => {
  expect(of(unforeseenAfterSending(`Bug ${SECRET}`, ONCE, [SECRET]))).toMatchObject({
    kind: 'unexpectedResponse',
    message: expect.stringMatching(
      /^The item was sent, but what came back could not be read: Bug \S+$/,
    ) as string,
    phase: 'sent',
    inDoubt: true,
  });
  const answer = refusal(200);
  const error = of(unforeseenAfterSending('Bug', ONCE, [], answer));
  expect(error).toMatchObject({
    message: 'The item was sent, but what came back could not be read: Bug',
    phase: 'answered',
    status: 200,
    requestId: 'r-1',
    code: '200-01',
  });
  expect(of(unforeseenAfterSending('Bug', AGAIN, []))).not.toHaveProperty('inDoubt');
  expect(unforeseenAfterSending(SECRET, ONCE, [SECRET]).message).not.toContain(SECRET);
});

test('a missing reply must not be sent again', () => {
  const accepted = { conversationId: 'C', messageId: 'M', replies: [{ text: 'One' }] };
  expect(of(replyMissing('It did not end', accepted))).toMatchObject({
    kind: 'replyTimeout',
    message: 'It did not end',
    retryable: false,
    phase: 'answered',
    accepted,
    circumstances: { mayHaveArrived: true },
  });
});

test('a stream that broke says what happened to it', () => {
  expect(of(streamBroken('host', { code: 'ECONNRESET', reason: 'it broke' }))).toMatchObject({
    kind: 'connectionFailed',
    message: 'Lost the connection to host: it broke (ECONNRESET)',
    phase: 'answered',
    retryable: true,
  });
  expect(streamBroken('host', { code: undefined, reason: 'it broke' }).message).toBe(
    'Lost the connection to host: it broke',
  );
});
