import { Outage } from '../../nodes/Asapp/delivery/outage';

/** The wall clock at the monotonic time 0. */
const WALL = 1_800_000_000_000;

/** An outage as seen by items that are named "subject/item"; times in ms. */
function watch() {
  const outage = new Outage();
  const items = new Map<string, object>();
  const asked = (name: string, startedAt: number, isTrial = false) => {
    const [subject] = name.split('/');
    const item = items.get(name) ?? {};
    items.set(name, item);
    return { item, subject, startedAt, isTrial };
  };
  return {
    outage,
    failed: (name: string, at: number, isTrial = false) =>
      outage.failed(asked(name, at - 10, isTrial), `${name} failed`, at, WALL + at),
    answered: (name: string, at: number, startedAt = at - 10) =>
      outage.answered(asked(name, startedAt), at, WALL + at),
  };
}

/** One that began with three failures, at 100, 110 and 120. */
function begun() {
  const seen = watch();
  seen.failed('A/1', 100);
  seen.failed('B/1', 110);
  seen.failed('C/1', 120);
  expect(seen.outage.isOn).toBe(true);
  return seen;
}

describe('an outage begins', () => {
  test('with the third item in a row that fails, if they are about two things at least', () => {
    const { outage, failed } = watch();
    failed('A/1', 100);
    failed('A/2', 110);
    expect(outage.isOn).toBe(false);
    failed('B/1', 120);
    expect(outage.isOn).toBe(true);
    expect(outage.cause).toBe('B/1 failed');
  });

  test('never with one conversation, however often it fails', () => {
    const { outage, failed } = watch();
    for (let item = 0; item < 10; item++) failed(`A/${item}`, 100 + item);
    expect(outage.isOn).toBe(false);
  });

  test('never with two items, however often they fail', () => {
    const { outage, failed } = watch();
    for (let time = 0; time < 10; time++) failed(time % 2 === 0 ? 'A/1' : 'B/1', 100 + time);
    expect(outage.isOn).toBe(false);
  });

  test('with items that are about nothing but themselves', () => {
    const { outage } = watch();
    for (const time of [1, 2, 3]) {
      outage.failed({ item: {}, subject: undefined, startedAt: time, isTrial: false }, 'down', time, WALL);
    }
    expect(outage.isOn).toBe(true);
  });

  test('not if anybody was answered in between', () => {
    const { outage, failed, answered } = watch();
    failed('A/1', 100);
    failed('B/1', 110);
    answered('C/1', 115);
    failed('D/1', 120);
    failed('E/1', 130);
    expect(outage.isOn).toBe(false);
    failed('F/1', 140);
    expect(outage.isOn).toBe(true);
  });

  test('not with one that fails while others that were asked after it are answered', () => {
    const { outage, failed, answered } = watch();
    failed('A/1', 100);
    answered('B/1', 130, 110);
    failed('A/2', 140);
    failed('C/1', 150);
    failed('D/1', 160);
    expect(outage.isOn).toBe(false);
    failed('E/1', 170);
    expect(outage.isOn).toBe(true);
  });

  test('with one again that failed after others had been asked, or that was answered since', () => {
    const { outage, failed, answered } = watch();
    failed('A/1', 100);
    // Asked before that failure, so it says nothing of what came then.
    answered('B/1', 110, 90);
    failed('A/2', 120);
    failed('C/1', 130);
    failed('D/1', 140);
    expect(outage.isOn).toBe(true);

    const later = watch();
    later.failed('A/1', 100);
    later.answered('B/1', 120, 110);
    later.answered('A/2', 130);
    later.failed('A/3', 140);
    later.failed('C/1', 150);
    later.failed('D/1', 160);
    expect(later.outage.isOn).toBe(true);
  });
});

describe('while it goes on', () => {
  test('something is tried half a second after it was noticed, then after 1, 2, 4, 8 and 8 s', () => {
    const { outage } = begun();
    expect(outage.untilProbe(120)).toBe(500);
    let at = 620;
    for (const gap of [1_000, 2_000, 4_000, 8_000, 8_000]) {
      expect(outage.untilProbe(at)).toBe(0);
      outage.probing(at);
      outage.probed(false, at + 30);
      // Counted from when it was asked, not from when it failed.
      expect(outage.untilProbe(at + 30)).toBe(gap - 30);
      at += gap;
    }
  });

  test('one thing is tried at a time', () => {
    const { outage } = begun();
    outage.probing(620);
    expect(outage.untilProbe(5_000)).toBe(Infinity);
    outage.probed(false, 5_000);
    expect(outage.untilProbe(5_000)).toBe(0);
  });

  test('an item may be tried once a harmless probe was answered, and then at most a second apart', () => {
    const { outage, failed } = begun();
    for (const at of [620, 1_620, 3_620]) {
      outage.probing(at);
      outage.probed(false, at);
    }
    outage.probing(7_620);
    expect(outage.isReached).toBe(false);
    outage.probed(true, 7_650);
    expect(outage.isReached).toBe(true);
    expect(outage.untilProbe(7_650)).toBe(0);
    outage.probing(7_660);
    failed('D/1', 7_700, true);
    expect(outage.isOn).toBe(true);
    expect(outage.isReached).toBe(false);
    expect(outage.untilProbe(7_700)).toBe(920);
    expect(outage.cause).toBe('D/1 failed');
  });

  test('others that fail meanwhile change nothing but the reason', () => {
    const { outage, failed } = begun();
    outage.probing(620);
    failed('Z/1', 700);
    expect(outage.untilProbe(700)).toBe(Infinity);
    expect(outage.cause).toBe('Z/1 failed');
  });

  test('patience is counted from the first failure', () => {
    const { outage } = begun();
    expect(outage.patienceLeft(5_000, 1_100)).toBe(4_000);
    expect(outage.patienceLeft(1_000, 1_100)).toBe(0);
    expect(watch().outage.patienceLeft(1, 1_000_000)).toBe(Infinity);
  });

  test('one item is tried for the last time before anybody goes', () => {
    const { outage, failed } = begun();
    expect(outage.lastTry).toBe('toCome');
    outage.probing(620);
    expect(outage.lastTry).toBe('toCome');
    outage.probed(false, 630);
    outage.probing(700, true);
    expect(outage.lastTry).toBe('underWay');
    failed('D/1', 750, true);
    expect(outage.lastTry).toBe('over');
    expect(watch().outage.lastTry).toBe('toCome');
  });

  test('a trial that says nothing of those behind the key lets the next one come', () => {
    const { outage } = begun();
    outage.probing(620);
    outage.trialFailed(640);
    expect(outage.untilProbe(640)).toBe(980);
  });
});

describe('it ends', () => {
  test('with any answer, and is told if it was waited for', () => {
    const { outage, answered } = begun();
    outage.probing(620);
    expect(outage.timesSince(0)).toEqual([{ from: WALL + 100, to: undefined }]);
    answered('D/1', 900);
    expect(outage.isOn).toBe(false);
    expect(outage.untilProbe(900)).toBe(0);
    expect(outage.timesSince(WALL + 899)).toEqual([{ from: WALL + 100, to: WALL + 900 }]);
    expect(outage.timesSince(WALL + 900)).toEqual([]);
  });

  test('without a word if nothing was tried in it yet', () => {
    const { outage, answered } = begun();
    expect(outage.timesSince(0)).toEqual([]);
    answered('D/1', 300);
    expect(outage.timesSince(0)).toEqual([]);
    expect(outage.share(300)).toBe(1);
  });

  test('and a tenth of the rate goes on first, twice as much each quarter of a second', () => {
    const { outage, answered } = begun();
    expect(outage.share(500)).toBe(1);
    outage.probing(620);
    answered('D/1', 1_000);
    expect(outage.share(1_000)).toBeCloseTo(0.1);
    expect(outage.share(1_250)).toBeCloseTo(0.2);
    expect(outage.share(1_500)).toBeCloseTo(0.4);
    expect(outage.share(2_000)).toBe(1);
  });

  test('when nobody has looked at it for a minute and somebody comes', () => {
    const { outage } = begun();
    expect(outage.remaining(1_120)).toBe(59_000);
    outage.resume(60_119);
    expect(outage.isOn).toBe(true);
    expect(outage.remaining(60_120)).toBe(0);
    outage.resume(60_120);
    expect(outage.isOn).toBe(false);
    expect(outage.remaining(60_121)).toBe(0);
    expect(watch().outage.remaining(1)).toBe(0);
  });

  test('and one that fails again afterwards needs three again', () => {
    const { outage, failed, answered } = begun();
    answered('D/1', 900);
    failed('A/1', 910);
    failed('B/1', 920);
    expect(outage.isOn).toBe(false);
    failed('E/1', 930);
    expect(outage.isOn).toBe(true);
  });
});

test('what its subjects were is forgotten when nobody uses the key any more', () => {
  const { outage, failed, answered } = begun();
  outage.probing(620);
  answered('D/1', 900);
  failed('A/1', 910);
  failed('B/1', 920);
  outage.forget();
  expect(outage.timesSince(0)).toEqual([]);
  failed('C/1', 930);
  expect(outage.isOn).toBe(false);
});
