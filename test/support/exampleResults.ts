/** What the examples come to against a fresh sandbox, in the engine of the tests as in a whole n8n. */

/** Kinds of the items that leave authenticate-and-analyze on an error output, by the node that they arrive at. */
export const KINDS_OF_FIRST_EXAMPLE = {
  'Not Authenticated': ['invalidInput', 'notFound', 'invalidInput'],
  'Not Analyzed': ['invalidInput', 'conflict', 'tooManyRequests', 'internalServerError'],
};

/**
 * Items on each output of Analyze in error-branches, round by round: Success, Other Errors, Check First, Retry Later,
 * Fix Request, Not Found, Check Key.
 */
export const ROUNDS_OF_ERROR_BRANCHES = [
  [7, 1, 2, 4, 2, 2, 1],
  [2, 0, 0, 2, 0, 0, 0],
  [1, 0, 0, 1, 0, 0, 0],
  [0, 0, 0, 1, 0, 0, 0],
];

export const SUMMARY_OF_ERROR_BRANCHES = {
  conversations: 19,
  Analyzed: 10,
  'Given Up': 1,
  'Fix Data': 2,
  'Post to Team': 2,
  'Look It Up': 2,
  'Page Operations': 1,
  'Open a Ticket': 1,
  unaccounted: 0,
};

export const SUMMARY_OF_SWEEP = {
  messages: 25,
  conversations: 5,
  delivered: 18,
  failed: 7,
  failedByKind: { serviceUnavailable: 1, notFound: 5, invalidInput: 1 },
  toSendAgain: 1,
};

/** Conversations of hand-over-to-ticket by the node that they end at. */
export const ENDS_OF_HAND_OVER = {
  'Build Ticket': ['TICKET1', 'TICKET3'],
  'Send Reply': ['TICKET2', 'TICKET6'],
  'Look Into It': ['TICKET4'],
  'Not Analyzed': ['FAULT409IDTICKET5'],
};
