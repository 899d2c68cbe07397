/**
 * One way a call can fail.
 *
 * - `name`: what a person reads in a list; HTTP's reason phrase where there is one.
 * - `status`: the HTTP status that means exactly this kind; absent where no single status does.
 * - `when`: what happened, for a list in the editor.
 * - `retryable`: whether the same request may succeed later. It is a first answer: where a repetition could deliver a
 *   message twice, and for `credentialUnusable`, the case at hand decides.
 * - `advice`: one sentence on what to do next.
 */
interface ErrorKindRow {
  name: string;
  status?: number;
  when: string;
  retryable: boolean;
  advice: string;
}

/**
 * The closed list of error kinds. Saved workflows name them, so rows are added, never renamed.
 * Statuses come from the `responses` of both operations in ASAPP's reference pages (`spec/asapp.openapi.yaml`).
 */
export const ERROR_KINDS = {
  badRequest: {
    name: 'Bad Request',
    status: 400,
    when: 'ASAPP could not read the request',
    retryable: false,
    advice: 'Compare the fields of this item with what the message names, then run the item again.',
  },
  unauthorized: {
    name: 'Unauthorized',
    status: 401,
    when: 'ASAPP does not accept the API key',
    retryable: false,
    advice: "Check 'API ID', 'API Secret' and 'Environment' in the ASAPP credential.",
  },
  forbidden: {
    name: 'Forbidden',
    status: 403,
    when: 'The API key may not do this',
    retryable: false,
    advice: 'Ask your ASAPP account team to enable this API for your API ID.',
  },
  notFound: {
    name: 'Not Found',
    status: 404,
    when: 'ASAPP does not know what the item names',
    retryable: false,
    advice: "Check that the credential's environment knows what this item names.",
  },
  conflict: {
    name: 'Conflict',
    status: 409,
    when: 'ASAPP holds this already, or something that contradicts it',
    retryable: false,
    advice: 'ASAPP may hold this already: look at the conversation before you send the item again.',
  },
  requestEntityTooLarge: {
    name: 'Request Entity Too Large',
    status: 413,
    when: 'The item is too large',
    retryable: false,
    advice: 'Shorten the texts of this item, or split it into several.',
  },
  unprocessableEntity: {
    name: 'Unprocessable Entity',
    status: 422,
    when: 'ASAPP understood the request but refuses a value in it',
    retryable: false,
    advice: 'Correct the value that the message names, then run the item again.',
  },
  tooManyRequests: {
    name: 'Too Many Requests',
    status: 429,
    when: 'The limit of requests a second or a day is reached',
    retryable: true,
    advice: 'Send fewer requests a second, or send this item again later.',
  },
  internalServerError: {
    name: 'Internal Server Error',
    status: 500,
    when: 'Something went wrong inside ASAPP (500, and every other 5xx but 503)',
    retryable: true,
    advice: 'Send this item again later; if it persists, give ASAPP support the request ID.',
  },
  serviceUnavailable: {
    name: 'Service Unavailable',
    status: 503,
    when: 'ASAPP is down or overloaded',
    retryable: true,
    advice: "Send this item again later; ASAPP's status page tells whether an outage is known.",
  },
  invalidInput: {
    name: 'Invalid Input',
    when: 'A field of the item is missing or wrong; nothing was sent',
    retryable: false,
    advice: 'Nothing was sent. Correct the field that the message names, then run the item again.',
  },
  credentialUnusable: {
    name: 'Credential Unusable',
    when: 'The ASAPP credential is missing, incomplete or cannot be read; nothing was sent',
    retryable: false,
    advice:
      'Nothing was sent. Set right what the message names in the ASAPP credential of this node, then run the item again.',
  },
  connectionFailed: {
    name: 'Connection Failed',
    when: 'The connection was refused or broke, or the host is unknown',
    retryable: true,
    advice: "Check the network, the proxy and the credential's 'Environment'.",
  },
  timeout: {
    name: 'Timeout',
    when: "No answer came within 'Timeout'",
    retryable: true,
    advice: "Raise 'Timeout' under 'Options', or send this item again later.",
  },
  replyTimeout: {
    name: 'Reply Timeout',
    when: "ASAPP accepted the item, but GenerativeAgent's reply did not end within 'Reply Timeout'",
    retryable: false,
    advice:
      "ASAPP has accepted this item: do not send it again. Look at the conversation for the reply, or raise 'Reply Timeout' under 'Options'.",
  },
  unexpectedResponse: {
    name: 'Unexpected Response',
    when: 'The answer is not one that ASAPP documents, e.g. a redirect or an HTML page',
    retryable: false,
    advice: "Check that the credential's 'Environment' leads to ASAPP and not to a proxy or a login page.",
  },
} as const satisfies Record<string, ErrorKindRow>;

/** The name of a row of {@link ERROR_KINDS}. */
export type ErrorKind = keyof typeof ERROR_KINDS;

const KIND_BY_STATUS = new Map<number, ErrorKind>(
  Object.entries(ERROR_KINDS).flatMap(([kind, row]) =>
    'status' in row ? [[row.status, kind as ErrorKind] as const] : [],
  ),
);

/** The kind of an HTTP status that is not a success: its own row, else 5xx is the server's fault, else unexpected. */
export function kindOfStatus(status: number): ErrorKind {
  return KIND_BY_STATUS.get(status) ?? (status >= 500 ? 'internalServerError' : 'unexpectedResponse');
}
