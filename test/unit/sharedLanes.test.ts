import { Ending } from '../../nodes/Asapp/delivery/ending';
import { keptLanes, takeLane, watchLane, type Release } from '../../nodes/Asapp/delivery/sharedLanes';

const A = { key: 'lane', owner: {} };
const B = { key: 'lane', owner: {} };

function taken(result: ReturnType<typeof takeLane>): Release {
  if (result instanceof Promise) throw new Error('The lane is not free');
  return result;
}

test('a lane is one at a time, first come, first served, and forgotten when idle', async () => {
  const order: string[] = [];
  const first = taken(takeLane(A, new Ending()));
  const second = takeLane(B, new Ending()) as Promise<Release>;
  const third = takeLane(A, new Ending()) as Promise<Release>;
  void second.then(() => order.push('second'));
  void third.then(() => order.push('third'));
  await Promise.resolve();
  expect(order).toEqual([]);
  first();
  first();
  const releaseSecond = await second;
  expect(order).toEqual(['second']);
  releaseSecond();
  (await third)();
  expect(order).toEqual(['second', 'third']);
  expect(keptLanes()).toBe(0);
});

test('who ends while it waits leaves the row', async () => {
  const ending = new Ending();
  const first = taken(takeLane(A, new Ending()));
  const waiting = takeLane(B, ending) as Promise<Release | undefined>;
  ending.end();
  expect(await waiting).toBeUndefined();
  first();
  expect(keptLanes()).toBe(0);
});

test('a watcher hears of other owners only', () => {
  let heard = 0;
  const unwatch = watchLane(A, () => heard++);
  taken(takeLane(A, new Ending()))();
  expect(heard).toBe(0);
  taken(takeLane(B, new Ending()))();
  expect(heard).toBe(1);
  expect(keptLanes()).toBe(1);
  unwatch();
  expect(keptLanes()).toBe(0);
});
