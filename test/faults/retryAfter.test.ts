import { runAsapp, useAsapp } from '../support/asapp';
import { analyzeParameters } from '../support/parameters';
import { startHttpServer } from '../support/servers';

const asapp = useAsapp();

/** How long an item waits after one 503 of ASAPP with these headers, in ms; the second time it is accepted. */
async function waitAfter(headers: Record<string, string>): Promise<number> {
  const arrivals: number[] = [];
  const server = await startHttpServer((_request, response) => {
    arrivals.push(performance.now());
    const isFirst = arrivals.length === 1;
    response.writeHead(isFirst ? 503 : 200, isFirst ? headers : {});
    response.end(isFirst ? '{"error": {"requestId": "r", "message": "Busy"}}' : '{"conversationId": "A1"}');
  });
  try {
    const { json, error } = await runAsapp(asapp, {
      parameters: analyzeParameters({ options: { maxRetries: 1 } }),
      credential: asapp.credential({ baseUrl: server.url }),
    });
    expect(error).toBeUndefined();
    expect(json).toEqual([{ conversationId: 'A1' }]);
    expect(arrivals).toHaveLength(2);
    return (arrivals[1] ?? 0) - (arrivals[0] ?? 0);
  } finally {
    await server.close();
  }
}

/** The first wait of our own schedule, less what a clock may be off. */
const OWN = 240;

describe('Retry-After', () => {
  test.each(['0', '0.1', '-5', '1, 1', 'soon', '2001-01-01', 'Sun, 06 Nov 1994 08:49:37 GMT'])(
    '%s never makes the wait shorter than our own schedule',
    async (header) => {
      expect(await waitAfter({ 'retry-after': header })).toBeGreaterThanOrEqual(OWN);
    },
  );

  test('counts fractions of a second', async () => {
    expect(await waitAfter({ 'retry-after': '1.2' })).toBeGreaterThanOrEqual(1_190);
  });

  test.each([-3_600_000, 3_600_000])('is a time by the clock of the answer, %i ms off ours', async (skew) => {
    const date = new Date(Date.now() + skew);
    const headers = {
      date: date.toUTCString(),
      'retry-after': new Date(date.getTime() + 1_000).toUTCString(),
    };
    // By our clock, it would be an hour over or an hour to wait.
    expect(await waitAfter(headers)).toBeGreaterThanOrEqual(990);
  });

  test('is not waited for beyond a minute, fractions included', async () => {
    const server = await startHttpServer((_request, response) => {
      response.writeHead(429, { 'retry-after': '60.5' }).end();
    });
    try {
      const { json } = await runAsapp(asapp, {
        parameters: analyzeParameters({ options: { maxRetries: 3 } }),
        node: { onError: 'continueRegularOutput' },
        credential: asapp.credential({ baseUrl: server.url }),
      });
      expect(json).toMatchObject([{ error: { kind: 'tooManyRequests', attempts: 1 } }]);
      expect(server.requests).toHaveLength(1);
    } finally {
      await server.close();
    }
  });
});
