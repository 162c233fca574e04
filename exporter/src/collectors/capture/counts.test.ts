import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Counts } from './counts.js';
import type { Counters } from './socket.js';

const WRAP = 2 ** 32;
const none: Counters = [0, 0, 0];
const seen = (current: Counters, folded: Counters = none) => ({ current, folded });

it('starts with what the socket counted before it was first seen', () => {
  expect(new Counts().update(seen([5, 3, 1], [10, 20, 30]))).toEqual([15, 23, 31]);
});

it('goes on where the application cleared its counters and they were folded', () => {
  const counts = new Counts();
  counts.update(seen([100, 50, 2]));
  expect(counts.update(seen([1, 0, 0], [104, 51, 2]))).toEqual([5, 1, 0]);
});

it('stands still between the clearing and the folding', () => {
  const counts = new Counts();
  counts.update(seen([100, 50, 2]));
  expect(counts.update(seen(none))).toEqual([0, 0, 0]);
  expect(counts.update(seen([3, 0, 0], [100, 50, 2]))).toEqual([3, 0, 0]);
});

it('follows 32 bits through their turns', () => {
  const steps = fc.array(fc.tuple(fc.nat(WRAP / 2 - 1), fc.nat(WRAP / 2 - 1)), { minLength: 1 });
  fc.assert(
    fc.property(steps, (growths) => {
      const counts = new Counts();
      const total = [0, 0];
      const shown = [0, 0];
      for (const [delivered, drops] of growths) {
        total[0]! += delivered;
        total[1]! += drops;
        const grown = counts.update(seen([total[0]! % WRAP, total[1]! % WRAP, 0]));
        shown[0]! += grown[0]!;
        shown[1]! += grown[1]!;
      }
      expect(shown).toEqual(total);
    }),
  );
});

it('counts every packet however often the application reads, in whatever order the parts are seen', () => {
  const step = fc.record({
    packets: fc.nat(1000),
    drops: fc.nat(1000),
    read: fc.boolean(),
    late: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const counts = new Counts();
      let [current, folded] = [
        [0, 0, 0],
        [0, 0, 0],
      ] as [number[], number[]];
      const shown = [0, 0, 0];
      const look = (): void => {
        const view = seen(current as unknown as Counters, folded as unknown as Counters);
        counts.update(view).forEach((by, i) => (shown[i]! += by));
        const truth = current.map((value, i) => value + folded[i]!);
        shown.forEach((value, i) => expect(value).toBeGreaterThanOrEqual(truth[i]!));
      };
      const total = [0, 0, 0];
      for (const { packets, drops, read, late } of steps) {
        [packets, drops, 0].forEach((by, i) => {
          current[i]! += by;
          total[i]! += by;
        });
        if (read) {
          const cleared = current;
          current = [0, 0, 0];
          if (late) look();
          folded = folded.map((value, i) => value + cleared[i]!);
        }
        look();
        expect(shown).toEqual(total);
      }
    }),
  );
});
