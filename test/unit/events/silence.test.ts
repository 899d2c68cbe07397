import fc from 'fast-check';

import { Silence } from '../../../nodes/Asapp/events/silence';

/** A stream that gave signs of life at these times, in ms. */
function heard(...signs: number[]): Silence {
  const silence = new Silence();
  silence.begin();
  for (const at of signs) {
    silence.noteByte();
    silence.noteSign(at);
  }
  return silence;
}

const every = (ms: number, times: number) => Array.from({ length: times }, (_, index) => index * ms);

describe('how long a stream may be silent', () => {
  test('is unlimited until five gaps between signs of life are known', () => {
    expect(heard().limit).toBeUndefined();
    expect(heard(...every(15_000, 5)).limit).toBeUndefined();
    expect(heard(...every(15_000, 6)).limit).toBe(60_000);
  });

  test('is four times the longest recent gap, and a minute at least', () => {
    expect(heard(...every(30_000, 10)).limit).toBe(120_000);
    expect(heard(0, 90_000, ...every(2_000, 30).map((at) => 92_000 + at)).limit).toBe(60_000);
  });

  test('takes what comes together for one sign', () => {
    expect(heard(...every(10, 100)).limit).toBeUndefined();
  });

  test('knows nothing of the time between two connections', () => {
    const silence = heard(...every(15_000, 6));
    silence.begin();
    silence.noteSign(1_000_000);
    expect(silence.limit).toBe(60_000);
  });

  test('doubles each time that a new connection stayed silent as well, until something comes', () => {
    const silence = heard(...every(15_000, 6));
    const limits = Array.from({ length: 9 }, () => {
      silence.noteCut();
      silence.begin();
      return (silence.limit ?? 0) / 60_000;
    });
    expect(limits).toEqual([1, 2, 4, 8, 16, 32, 64, 64, 64]);
    silence.noteByte();
    expect(silence.limit).toBe(60_000);
  });

  test('is what a person set, whatever is learned', () => {
    const silence = new Silence(5_000);
    expect(silence.limit).toBe(5_000);
    for (const at of every(30_000, 10)) silence.noteSign(at);
    silence.noteCut();
    expect(silence.limit).toBe(5_000);
  });
});

test('a stream whose signs of life come no less often than a quarter of what is allowed is never cut', () => {
  const gap = fc.integer({ min: 1, max: 15_000 });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 600_000 }), fc.array(gap, { maxLength: 60 }), (slow, gaps) => {
      const silence = new Silence();
      silence.begin();
      let at = 0;
      // A regular sign, each up to as long again late.
      for (const extra of gaps) {
        const next = slow + (extra * slow) / 15_000;
        expect(next).toBeLessThanOrEqual(silence.limit ?? Infinity);
        at += next;
        silence.noteByte();
        silence.noteSign(at);
      }
    }),
  );
});
