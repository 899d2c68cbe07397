import { runAsapp, useAsapp } from '../../support/asapp';
import { analyzeParameters } from '../../support/parameters';

const asapp = useAsapp({ eventDelay: 2 });

test('a reply whose end a broken stream missed is read once GenerativeAgent is done, long before Reply Timeout', async () => {
  asapp.sandbox.streams.misbehave({ dropAfter: 2, dropTimes: 1 });
  const startedAt = Date.now();
  const { json } = await runAsapp(asapp, {
    parameters: analyzeParameters({ waitForReply: true, options: { replyTimeout: 25 } }),
    node: { onError: 'continueRegularOutput' },
  });
  expect(json[0]).toMatchObject({ outcome: 'reply', healed: true });
  expect(Date.now() - startedAt).toBeLessThan(15_000);
}, 40_000);
