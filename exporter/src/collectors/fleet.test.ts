import { beforeEach, describe, expect, it } from 'vitest';
import { Fleet, SHORT_LIVED, type Sums } from './fleet.js';

class Count implements Sums<Count> {
  constructor(public n = 0) {}
  add({ n }: Count): void {
    this.n += n;
  }
}

const LINGER = 60;
/** How many ended VMs have a name. */
const NAMED = 128;

describe('Fleet', () => {
  let fleet: Fleet<Count>;
  /** Processes are named after what comes before the slash. */
  beforeEach(() => {
    fleet = new Fleet(
      () => new Count(),
      (key) => key.split('/')[0]!,
      LINGER,
    );
    fleet.end([], 0);
  });

  const shown = (living: Record<string, number> = {}): Record<string, number> => {
    const processes = Object.entries(living).map(([key, n]) => [key, new Count(n)] as const);
    return Object.fromEntries([...fleet.byName(processes)].map(([name, { n }]) => [name, n]));
  };
  const end = (counts: Record<string, number>, now: number): string[] =>
    fleet.end(
      Object.entries(counts).map(([key, n]) => [key, new Count(n)] as const),
      now,
    );
  const brief = (count: number, prefix: string): Record<string, number> =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`${prefix}${i}`, 1]));
  const total = (): number => Object.values(shown()).reduce((sum, n) => sum + n, 0);

  it('shows the last that ended by name, and adds up the short-lived before them', () => {
    const forgotten = end(brief(500, 'vm'), 5);
    expect(forgotten).toEqual(Object.keys(brief(500 - NAMED, 'vm')));
    expect(Object.keys(shown()).length).toBe(NAMED + 1);
    expect(shown()).toMatchObject({ [SHORT_LIVED]: 500 - NAMED, vm499: 1 });
    expect(total()).toBe(500);
  });

  it('counts on for the short-lived from where it was', () => {
    for (let round = 1; round <= 20; round++) {
      end(brief(500, `round${round}-`), round);
      expect(total()).toBe(500 * round);
      expect(Object.keys(shown()).length).toBe(NAMED + 1);
    }
    end({}, 20 + LINGER);
    expect(shown()).toEqual({ [SHORT_LIVED]: 20 * 500 - NAMED });
  });

  it('lets a VM that was long there go early, without its count of days in that of minutes', () => {
    fleet.meet(['old']);
    end({ old: 1e9 }, 5 + LINGER);
    end(brief(NAMED, 'vm'), 6 + LINGER);
    expect(shown()).toEqual(brief(NAMED, 'vm'));
  });

  it('takes no VM for short-lived that was there before it looked for the first time', () => {
    const started = new Fleet(
      () => new Count(),
      (key) => key,
      LINGER,
    );
    started.end([['old', new Count(1e9)]], 5);
    started.end(
      Object.keys(brief(NAMED, 'vm')).map((key) => [key, new Count(1)]),
      6,
    );
    expect(started.byName([]).has(SHORT_LIVED)).toBe(false);
  });

  it('keeps a name that comes again and again', () => {
    for (let i = 0; i < 10; i++)
      end({ [`same/${2 * i}`]: 1, [`same/${2 * i + 1}`]: 1, ...brief(500, `other${i}-`) }, 5 + i);
    expect(shown()['same']).toBe(20);
    expect(total()).toBe(10 * 502);
  });

  it('never lets the count of a living VM fall, however many end', () => {
    end({ 'a/1': 7 }, 5);
    fleet.meet(['a/2']);
    end(brief(500, 'vm'), 6);
    expect(shown({ 'a/2': 1 })['a']).toBe(8);
    end({}, 6 + LINGER);
    expect(shown({ 'a/2': 1 })).toEqual({ a: 8, [SHORT_LIVED]: 500 - NAMED });
  });

  it('adds a VM that bears the name of the short-lived to them', () => {
    end(brief(500, 'vm'), 5);
    expect(shown({ [SHORT_LIVED]: 3 })[SHORT_LIVED]).toBe(500 - NAMED + 3);
  });
});
