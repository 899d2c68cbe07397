import { Outage, type Asked } from '../../nodes/Asapp/delivery/outage';

/** The wall clock is so far ahead of the monotonic one, in ms. */
const WALL = 1_000_000;

let outage: Outage;
let items: Map<string, object>;
beforeEach(() => {
  outage = new Outage();
  items = new Map();
});

/** A request for an item by its name: the same name is the same item. */
function asked(name: string, subject: string | undefined, more: Partial<Asked> = {}): Asked {
  const item = items.get(name) ?? { name };
  items.set(name, item);
  return { item, subject, startedAt: 0, isTrial: false, ...more };
}

/** An item of a subject, named `<subject><number>`, fails. */
function fails(name: string, at: number, more: Partial<Asked> = {}): void {
  outage.failed(asked(name, name[0], more), `${name} at ${at}`, at, WALL + at);
}

/** An item of a subject is answered at once. */
function isAnswered(name: string, at: number, startedAt = at): void {
  outage.answered(asked(name, name[0], { startedAt }), at, WALL + at);
}

/** An outage that began at 1,000 with A1, and was known at 1,200. */
function begin(): void {
  fails('A1', 1_000);
  fails('B1', 1_100);
  fails('C1', 1_200);
}

/** A harmless probe that is sent and comes to nothing, at once. */
function probeFails(at: number): void {
  outage.probing(at);
  outage.probed(false, at);
}

/** A harmless probe that is answered, at once. */
function isReachedAt(at: number): void {
  outage.probing(at);
  outage.probed(true, at);
}

/** An item that is tried and fails, at once. */
function trialFails(name: string, at: number, isLast = false): void {
  outage.probing(at, isLast);
  fails(name, at, { isTrial: true });
}

describe('an outage begins', () => {
  test('with the third item in a row that fails, if they are of two subjects', () => {
    fails('A1', 0);
    fails('A2', 10);
    expect(outage.isOn).toBe(false);
    fails('B1', 20);
    expect(outage.isOn).toBe(true);
    expect(outage.cause).toBe('B1 at 20');
  });

  test('not with the second', () => {
    fails('A1', 0);
    fails('B1', 10);
    expect(outage.isOn).toBe(false);
    expect(outage.cause).toBeUndefined();
  });

  test('not while all are of one subject, however many', () => {
    for (let item = 0; item < 10; item++) fails(`A${item}`, item);
    expect(outage.isOn).toBe(false);
    fails('B1', 20);
    expect(outage.isOn).toBe(true);
  });

  test('not with the repetitions of an item, which are of one item', () => {
    for (let at = 0; at < 10; at++) fails('A1', at);
    fails('B1', 10);
    expect(outage.isOn).toBe(false);
    fails('B2', 20);
    expect(outage.isOn).toBe(true);
  });

  test('with items of no subject, as each is of its own', () => {
    for (const name of ['a', 'b']) outage.failed(asked(name, undefined), name, 0, WALL);
    expect(outage.isOn).toBe(false);
    outage.failed(asked('c', undefined), 'c', 0, WALL);
    expect(outage.isOn).toBe(true);
  });

  test('not if anybody was answered in between, after which it counts anew', () => {
    fails('A1', 0);
    fails('B1', 10);
    isAnswered('X1', 20, -10);
    fails('C1', 30);
    fails('D1', 40);
    expect(outage.isOn).toBe(false);
    fails('E1', 50);
    expect(outage.isOn).toBe(true);
    expect(outage.patienceLeft(1_000, 50)).toBe(980);
  });

  test('at its first failure, though that item has failed again since', () => {
    fails('A1', 100);
    fails('B1', 400);
    fails('A1', 700);
    fails('C1', 900);
    expect(outage.patienceLeft(1_000, 900)).toBe(200);
    probeFails(1_400);
    expect(outage.timesSince(0)).toEqual([{ from: WALL + 100, to: undefined }]);
  });
});

describe('a subject that fails while others are answered', () => {
  test('says nothing of the others', () => {
    fails('A1', 100);
    isAnswered('B1', 300, 101);
    fails('A2', 400);
    fails('C1', 500);
    fails('D1', 600);
    expect(outage.isOn).toBe(false);
    fails('E1', 700);
    expect(outage.isOn).toBe(true);
    expect(outage.patienceLeft(1_000, 700)).toBe(800);
  });

  test('counts if the others had been asked before it failed', () => {
    fails('A1', 100);
    isAnswered('B1', 300, 100);
    fails('A2', 400);
    fails('C1', 500);
    fails('D1', 600);
    expect(outage.isOn).toBe(true);
  });

  test('counts again once it is answered itself', () => {
    fails('A1', 100);
    isAnswered('B1', 300, 200);
    isAnswered('A2', 400);
    fails('A3', 500);
    fails('C1', 600);
    fails('D1', 700);
    expect(outage.isOn).toBe(true);
  });

  test('may be a single item of no subject, which counts again once it is answered', () => {
    const alone = asked('a', undefined);
    outage.failed(alone, undefined, 100, WALL);
    isAnswered('B1', 300, 200);
    outage.failed(alone, undefined, 400, WALL);
    outage.failed(asked('c', undefined), undefined, 500, WALL);
    fails('D1', 600);
    expect(outage.isOn).toBe(false);
    outage.answered({ ...alone, startedAt: 650 }, 700, WALL);
    outage.failed(alone, undefined, 800, WALL);
    fails('E1', 900);
    expect(outage.isOn).toBe(false);
    fails('F1', 1_000);
    expect(outage.isOn).toBe(true);
  });

  test('counts when it had failed in an outage, as then nobody was answered', () => {
    begin();
    isAnswered('X1', 2_000);
    fails('A1', 3_000);
    fails('B1', 3_100);
    fails('C1', 3_200);
    expect(outage.isOn).toBe(true);
  });

  test('counts for those who use the key later', () => {
    fails('A1', 100);
    isAnswered('B1', 300, 200);
    outage.forget();
    fails('A2', 400);
    fails('C1', 500);
    fails('D1', 600);
    expect(outage.isOn).toBe(true);
  });
});

test('what failed before nobody used the key counts no more', () => {
  fails('A1', 0);
  fails('B1', 10);
  outage.forget();
  fails('C1', 20);
  expect(outage.isOn).toBe(false);
});

describe('without an outage', () => {
  test('nothing has to wait for a probe, patience has no end, and all of the rate may be used', () => {
    expect(outage.untilProbe(100)).toBe(0);
    expect(outage.patienceLeft(0, 100)).toBe(Infinity);
    expect(outage.share(0)).toBe(1);
    expect(outage.isReached).toBe(false);
    expect(outage.lastTry).toBe('toCome');
    expect(outage.remaining(100)).toBe(0);
    expect(outage.timesSince(0)).toEqual([]);
  });

  test('a probe, its answer and a trial that fails come to nothing', () => {
    outage.probing(100, true);
    outage.probed(true, 100);
    outage.trialFailed(100);
    expect([outage.isOn, outage.isReached, outage.lastTry]).toEqual([false, false, 'toCome']);
    fails('A1', 200, { isTrial: true });
    expect(outage.isOn).toBe(false);
  });
});

describe('probes', () => {
  test('are 500 ms, 1, 2, 4 and then always 8 s apart', () => {
    begin();
    expect(outage.untilProbe(1_200)).toBe(500);
    let at = 1_700;
    for (const gap of [1_000, 2_000, 4_000, 8_000, 8_000, 8_000]) {
      expect(outage.untilProbe(at)).toBe(0);
      probeFails(at);
      expect(outage.untilProbe(at)).toBe(gap);
      at += gap;
    }
  });

  test('go one at a time', () => {
    begin();
    outage.probing(1_700);
    expect(outage.untilProbe(100_000)).toBe(Infinity);
    outage.probed(false, 1_750);
    expect(outage.untilProbe(1_750)).toBe(950);
  });

  test('are counted from their start, and one that takes long is followed at once', () => {
    begin();
    outage.probing(1_700);
    outage.probed(false, 1_900);
    expect(outage.untilProbe(1_900)).toBe(800);
    outage.probing(2_700);
    outage.probed(false, 9_000);
    expect(outage.untilProbe(9_000)).toBe(0);
  });

  test('that are answered let an item be tried at once', () => {
    begin();
    expect(outage.isReached).toBe(false);
    outage.probing(1_700);
    outage.probed(true, 1_800);
    expect(outage.isReached).toBe(true);
    expect(outage.untilProbe(1_800)).toBe(0);
    expect(outage.isOn).toBe(true);
  });

  test('an item that is tried without one before it is one itself', () => {
    begin();
    outage.probing(1_700);
    expect(outage.untilProbe(1_700)).toBe(Infinity);
    fails('D1', 1_900, { isTrial: true });
    expect(outage.untilProbe(1_900)).toBe(800);
    trialFails('E1', 2_700);
    expect(outage.untilProbe(2_700)).toBe(2_000);
    expect(outage.cause).toBe('E1 at 2700');
  });

  test('an item that takes long to fail is followed at once', () => {
    begin();
    outage.probing(1_700);
    fails('D1', 9_000, { isTrial: true });
    expect(outage.untilProbe(9_000)).toBe(0);
  });

  test('what was on its way when the outage began is none, and still tells how things fail', () => {
    begin();
    outage.probing(1_700);
    fails('D1', 1_800);
    expect(outage.untilProbe(1_800)).toBe(Infinity);
    expect(outage.cause).toBe('D1 at 1800');
    expect(outage.lastTry).toBe('toCome');
  });

  test('while they are answered and items fail, an item is tried at least each second', () => {
    begin();
    isReachedAt(1_700);
    trialFails('D1', 1_710);
    expect(outage.isReached).toBe(false);
    // Not counted from the trial: it goes with its probe.
    expect(outage.untilProbe(1_710)).toBe(990);
    for (let at = 2_700; at < 30_000; at += 1_000) {
      expect(outage.untilProbe(at)).toBe(0);
      isReachedAt(at);
      trialFails('D1', at + 10);
      expect(outage.untilProbe(at + 10)).toBe(990);
    }
    // The next probe that fails is again one of many.
    probeFails(31_000);
    expect(outage.untilProbe(31_000)).toBe(8_000);
  });

  test('a trial that ends without a word makes way for the next', () => {
    begin();
    outage.probing(1_700);
    outage.trialFailed(1_800);
    expect(outage.isOn).toBe(true);
    expect(outage.untilProbe(1_800)).toBe(900);
  });
});

describe('patience', () => {
  test('is counted from the first failure', () => {
    begin();
    expect(outage.patienceLeft(5_000, 1_200)).toBe(4_800);
    expect(outage.patienceLeft(5_000, 6_000)).toBe(0);
    expect(outage.patienceLeft(5_000, 6_001)).toBe(-1);
    expect(outage.patienceLeft(0, 1_200)).toBe(-200);
  });

  test('is not at its end before one item was tried, and that failed', () => {
    begin();
    expect(outage.lastTry).toBe('toCome');
    trialFails('D1', 1_700);
    expect(outage.lastTry).toBe('toCome');
    outage.probing(6_000, true);
    expect(outage.lastTry).toBe('underWay');
    expect(outage.untilProbe(6_000)).toBe(Infinity);
    // What was on its way before says nothing of it.
    fails('E1', 6_010);
    expect(outage.lastTry).toBe('underWay');
    fails('F1', 6_020, { isTrial: true });
    expect(outage.lastTry).toBe('over');
    trialFails('G1', 9_000);
    expect(outage.lastTry).toBe('over');
  });

  test('ends as well with a last try that came to nothing', () => {
    begin();
    outage.probing(6_000, true);
    outage.trialFailed(6_100);
    expect(outage.lastTry).toBe('over');
  });
});

describe('who comes when others have given up', () => {
  function giveUp(): void {
    begin();
    for (const at of [1_700, 2_700]) probeFails(at);
    trialFails('D1', 4_700, true);
    expect([outage.lastTry, outage.untilProbe(4_700)]).toEqual(['over', 4_000]);
  }

  test('waits for one more probe, half a second after the last', () => {
    giveUp();
    outage.joined(4_800);
    expect(outage.lastTry).toBe('again');
    expect(outage.untilProbe(4_800)).toBe(400);
    probeFails(5_200);
    expect(outage.lastTry).toBe('over');
    expect(outage.untilProbe(5_200)).toBe(8_000);
    outage.joined(7_000);
    expect(outage.untilProbe(7_000)).toBe(0);
    outage.probing(7_000);
    expect(outage.lastTry).toBe('again');
  });

  test('does not put off the one that was to come', () => {
    giveUp();
    outage.joined(8_600);
    outage.joined(8_690);
    expect(outage.untilProbe(8_695)).toBe(-95);
    outage.probing(8_700);
    outage.joined(8_710);
    expect(outage.untilProbe(8_710)).toBe(Infinity);
  });

  test('may try an item if that probe is answered, and gives up if the item fails', () => {
    giveUp();
    outage.joined(6_000);
    isReachedAt(6_000);
    expect([outage.lastTry, outage.isReached]).toEqual(['again', true]);
    trialFails('E1', 6_100);
    expect(outage.lastTry).toBe('over');
  });

  test('changes nothing while others have patience, or without an outage', () => {
    outage.joined(0);
    expect(outage.isOn).toBe(false);
    begin();
    outage.joined(1_300);
    expect([outage.lastTry, outage.untilProbe(1_300)]).toEqual(['toCome', 400]);
    outage.probing(6_000, true);
    outage.joined(6_100);
    expect([outage.lastTry, outage.untilProbe(6_100)]).toEqual(['underWay', Infinity]);
  });
});

describe('an outage ends', () => {
  test('with the first answer, whoever is answered', () => {
    begin();
    isAnswered('X1', 1_300, 900);
    expect(outage.isOn).toBe(false);
    expect(outage.patienceLeft(0, 1_300)).toBe(Infinity);
  });

  test('and is told of from its first failure to the answer', () => {
    begin();
    probeFails(1_700);
    expect(outage.timesSince(0)).toEqual([{ from: WALL + 1_000, to: undefined }]);
    isAnswered('D1', 2_700);
    expect(outage.timesSince(0)).toEqual([{ from: WALL + 1_000, to: WALL + 2_700 }]);
  });

  test('and is not told of if nobody had to wait for a probe', () => {
    begin();
    expect(outage.timesSince(0)).toEqual([]);
    isAnswered('D1', 1_300);
    expect(outage.timesSince(0)).toEqual([]);
    expect(outage.share(1_300)).toBe(1);
  });

  test('and is told of to those who were there, the oldest first', () => {
    begin();
    probeFails(1_700);
    isAnswered('D1', 2_700);
    fails('A1', 3_000);
    fails('B1', 3_000);
    fails('C1', 3_000);
    probeFails(3_500);
    const first = { from: WALL + 1_000, to: WALL + 2_700 };
    const second = { from: WALL + 3_000, to: undefined };
    expect(outage.timesSince(WALL + 2_699)).toEqual([first, second]);
    expect(outage.timesSince(WALL + 2_700)).toEqual([second]);
    isAnswered('A1', 4_000);
    expect(outage.timesSince(WALL)).toEqual([first, { ...second, to: WALL + 4_000 }]);
    outage.forget();
    expect(outage.timesSince(WALL)).toEqual([]);
  });

  test('and what goes on first is a tenth, twice as much each 250 ms, and never more than all', () => {
    begin();
    probeFails(1_700);
    isAnswered('D1', 2_700);
    const shares = [0, 250, 500, 750, 830, 1_000, 60_000].map((ms) => outage.share(2_700 + ms));
    expect(shares).toEqual([0.1, 0.2, 0.4, 0.8, expect.closeTo(0.9987, 3), 1, 1]);
  });

  test('and another begins as the first did', () => {
    begin();
    probeFails(1_700);
    isReachedAt(2_700);
    trialFails('D1', 6_000, true);
    isAnswered('E1', 7_000);
    fails('A1', 8_000);
    fails('B1', 8_000);
    expect(outage.isOn).toBe(false);
    fails('C1', 8_000);
    expect(outage.untilProbe(8_000)).toBe(500);
    expect([outage.lastTry, outage.isReached]).toEqual(['toCome', false]);
    expect(outage.patienceLeft(5_000, 8_000)).toBe(5_000);
  });
});

describe('when nobody uses the key for a while', () => {
  test('an outage matters for a minute after its last failure', () => {
    begin();
    expect(outage.remaining(1_200)).toBe(60_000);
    fails('D1', 2_000);
    expect(outage.remaining(2_000)).toBe(60_000);
    expect(outage.remaining(61_999)).toBe(1);
    expect(outage.remaining(62_000)).toBe(0);
    expect(outage.remaining(70_000)).toBe(0);
    isAnswered('E1', 71_000);
    expect(outage.remaining(71_000)).toBe(0);
  });

  test('a probe is the last failure as well, but not one that is answered', () => {
    begin();
    probeFails(40_000);
    expect(outage.remaining(90_000)).toBe(10_000);
    isReachedAt(80_000);
    expect(outage.remaining(90_000)).toBe(10_000);
  });

  test('it goes on for who comes within that time, and is over for who comes later', () => {
    begin();
    outage.resume(61_199);
    expect(outage.isOn).toBe(true);
    outage.resume(61_200);
    expect(outage.isOn).toBe(false);
    expect(outage.share(61_200)).toBe(1);
  });

  test('what was forgotten in an outage does not end it', () => {
    begin();
    outage.forget();
    expect(outage.isOn).toBe(true);
  });
});
