/** What may fall without anything having been started anew. */
const GAUGES: ReadonlySet<string> = new Set(['sockets', 'ringBytes', 'taps']);

/**
 * By how much the counters of something grew: numbers at any depth are subtracted, the rest is kept. Null where one fell
 * or went away, which means that it was started anew. What is absent before is absent in the result, too, since nobody
 * knows since when it has been counting; only a new entry of a record that was there began at nought.
 */
export function grown<T extends object>(before: T, after: T): T | null {
  return subtract(before, after, true);
}

function subtract<T extends object>(before: T, after: T, top: boolean): T | null {
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(before)) {
    if (!(key in after)) {
      return null;
    }
  }
  for (const [key, now] of Object.entries(after)) {
    const then = (before as Record<string, unknown>)[key] ?? (top ? undefined : 0);
    if (typeof now === 'number' && !GAUGES.has(key)) {
      if (typeof then !== 'number') {
        continue;
      }
      if (now < then) {
        return null;
      }
      result[key] = now - then;
    } else if (typeof now === 'object' && now !== null) {
      if (typeof then !== 'object' || then === null) {
        continue;
      }
      const inner = subtract(then, now, false);
      if (!inner) {
        return null;
      }
      result[key] = inner;
    } else {
      result[key] = now;
    }
  }
  return (Array.isArray(after) ? Object.values(result) : result) as T;
}

/** Adds the growth of something to another of the same shape, in place: a page adds up thousands of them each second. */
export function addTo(sum: object, growth: object): void {
  const into = sum as Record<string, unknown>;
  for (const key in growth) {
    const value = (growth as Record<string, unknown>)[key];
    const known = into[key];
    if (typeof value === 'number') {
      into[key] = typeof known !== 'number' ? value : GAUGES.has(key) ? known : known + value;
    } else if (typeof value === 'object' && value !== null) {
      if (typeof known === 'object' && known !== null) {
        addTo(known, value);
      } else {
        into[key] = structuredClone(value);
      }
    }
  }
}

/** Whether two growths know of the same things. */
export function sameShape(a: object, b: object): boolean {
  const known = (of: object): string[] =>
    Object.keys(of).filter((key) => (of as Record<string, unknown>)[key] !== null);
  const keys = known(a);
  return keys.length === known(b).length && keys.every((key) => (b as Record<string, unknown>)[key] != null);
}
