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

/** Two growths of the same thing as one. */
export function together<T extends object>(a: T, b: T): T {
  const sum = { ...a } as Record<string, unknown>;
  for (const [key, value] of Object.entries(b)) {
    const other = sum[key];
    if (typeof value === 'number' && !GAUGES.has(key)) {
      sum[key] = typeof other === 'number' ? other + value : value;
    } else if (typeof value === 'object' && value !== null) {
      sum[key] = typeof other === 'object' && other !== null ? together(other, value) : value;
    }
  }
  return (Array.isArray(a) ? Object.values(sum) : sum) as T;
}
