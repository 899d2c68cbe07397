import { NodeApiError, type INode, type JsonObject } from 'n8n-workflow';

import { toFailure } from '../../nodes/Asapp/transport/exchange';

const NODE: INode = {
  id: 'asapp',
  name: 'ASAPP',
  type: 'n8n-nodes-asapp.asapp',
  typeVersion: 1,
  position: [0, 0],
  parameters: {},
};

/** An error of n8n's helper that lost its cause, as all do before n8n 2.34. */
function withoutCause(facts: JsonObject): NodeApiError {
  const error = new NodeApiError(NODE, facts);
  expect(error.cause).toBeUndefined();
  return error;
}

const REFUSED = { message: 'connect ECONNREFUSED 127.0.0.1:9', code: 'ECONNREFUSED' };
const CAUSE = Object.assign(new Error(REFUSED.message), { code: REFUSED.code, syscall: 'connect' });

describe('what the system said about a failed exchange', () => {
  test.each([
    ['in the cause', new NodeApiError(NODE, CAUSE as unknown as JsonObject)],
    ['in the error itself', CAUSE],
    ['in what is left of a lost cause', withoutCause(REFUSED)],
  ])('is found %s', (_where, error) => {
    expect(toFailure(error, 'asapp', 30)).toMatchObject({
      code: 'ECONNREFUSED',
      reason: 'connect ECONNREFUSED 127.0.0.1:9',
      timedOut: false,
    });
  });

  test('tells a timeout without its cause', () => {
    const error = withoutCause({ message: 'timeout of 300ms exceeded', code: 'ECONNABORTED' });
    expect(error.message).not.toContain('timeout');
    expect(toFailure(error, 'asapp', 0.3)).toMatchObject({ timedOut: true, timeoutSeconds: 0.3 });
  });

  test('tells an answer that broke off by its status', () => {
    const error = withoutCause({ message: 'stream has been aborted', status: 200 });
    expect(toFailure(error, 'asapp', 30)).toMatchObject({ code: 'ERR_BAD_RESPONSE', timedOut: false });
  });
});
