import { deliver } from '../../nodes/Asapp/delivery/deliver';
import { Ending } from '../../nodes/Asapp/delivery/ending';
import { Lanes } from '../../nodes/Asapp/delivery/lanes';
import { memoryOf } from '../../nodes/Asapp/delivery/memory';
import { joinPace, keptPaces } from '../../nodes/Asapp/delivery/paces';

async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}

/** Somebody who asks for turns, and does not wait for outages. */
function asker(ending = new Ending()) {
  return { ending, maxOutage: 0, hasFailed: false };
}

describe('paces', () => {
  test('are one for a key, and forgotten when nobody uses them and their last second is over', async () => {
    const first = joinPace('key', 10);
    const second = joinPace('key', 10);
    const other = joinPace('other', 10);
    expect(second.pace).toBe(first.pace);
    expect(other.pace).not.toBe(first.pace);
    (await first.pace.turn(asker()))?.();
    other.leave();
    first.leave();
    await pause(50);
    expect(keptPaces()).toEqual(['key']);
    second.leave();
    await pause(50);
    expect(keptPaces()).toEqual(['key']);
    await pause(1_100);
    expect(keptPaces()).toEqual([]);
  });

  test('of users with different rates keep the lowest', async () => {
    const slow = joinPace('rates', 20);
    const fast = joinPace('rates', 1_000);
    const startedAt = Date.now();
    for (let turns = 0; turns < 5; turns++) (await fast.pace.turn(asker()))?.();
    expect(Date.now() - startedAt).toBeGreaterThanOrEqual(150);
    slow.leave();
    fast.leave();
  });

  test('serve in the order of asking, and take back who has ended', async () => {
    const { pace, leave } = joinPace('order', 50);
    const stays = new Ending();
    const ends = new Ending();
    const served: string[] = [];
    const ask = async (name: string, ending: Ending) => {
      const start = await pace.turn(asker(ending));
      start?.();
      served.push(`${name} ${start !== undefined}`);
    };
    const all = [ask('a', stays), ask('b', stays), ask('c', ends), ask('d', stays)];
    ends.end();
    await Promise.all(all);
    expect(served.filter((line) => line.endsWith('true'))).toEqual(['a true', 'b true', 'd true']);
    expect(served).toContain('c false');
    leave();
  });
});

describe('lanes', () => {
  test('hand out one job of a lane at a time, the oldest first', () => {
    const names = ['x', 'x', 'y', undefined, 'x'];
    const lanes = new Lanes(names.length, (job) => names[job]);
    expect([lanes.take(), lanes.take(), lanes.take(), lanes.take()]).toEqual([0, 2, 3, undefined]);
    expect(lanes.isLookedThrough).toBe(true);
    lanes.release(0);
    expect([lanes.take(), lanes.take()]).toEqual([1, undefined]);
    lanes.release(2);
    lanes.release(1);
    expect(lanes.take()).toBe(4);
  });

  test('look at a long busy lane in parts', () => {
    const lanes = new Lanes(10_000, () => 'one');
    expect(lanes.take()).toBe(0);
    expect(lanes.take()).toBeUndefined();
    expect(lanes.isLookedThrough).toBe(false);
    while (!lanes.isLookedThrough) expect(lanes.take()).toBeUndefined();
    lanes.release(0);
    expect(lanes.take()).toBe(1);
  });
});

describe('a delivery', () => {
  const delivery = {
    laneOf: () => undefined,
    repeatAfter: () => undefined,
    pauseAfter: () => undefined,
    signOf: () => 'accepted' as const,
    givenUp: () => -1,
    maxOutage: 0,
    stopsAt: () => false,
    isSettled: () => true,
    maxConcurrency: 2,
  };

  test('of 20,000 remembered jobs sends nothing and does not overflow', async () => {
    const memory = new Map(Array.from({ length: 20_000 }, (_, job) => [job, job]));
    const outcomes = await deliver<number>({
      ...delivery,
      count: 20_000,
      prepare: () => {
        throw new Error('A remembered job was prepared');
      },
      memory,
    });
    expect(outcomes).toHaveLength(20_000);
    expect(outcomes[19_999]).toBe(19_999);
  });

  test('of nothing ends at once, and so does one that was cancelled before', async () => {
    const { pace, leave } = joinPace('nothing', 1_000);
    const prepare = async () => ({ pace, send: async () => 1 });
    expect(await deliver<number>({ ...delivery, count: 0, prepare, memory: new Map() })).toEqual([]);
    const signal = AbortSignal.abort();
    expect(await deliver<number>({ ...delivery, count: 2, prepare, memory: new Map(), signal })).toEqual([
      undefined,
      undefined,
    ]);
    leave();
  });
});

test('a memory belongs to one execution of a node', () => {
  const execution = {};
  memoryOf<string>(execution).set(1, 'kept');
  expect(memoryOf<string>(execution).get(1)).toBe('kept');
  expect(memoryOf<string>({}).size).toBe(0);
});
