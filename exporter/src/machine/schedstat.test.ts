import { describe, expect, it } from 'vitest';
import { readText } from './read.js';
import { parseSchedstat } from './schedstat.js';

describe('parseSchedstat', () => {
  it('reads the times and leaves the number of turns', () => {
    expect(parseSchedstat('176284040 11070875 433\n')).toEqual({ running: 176284040, runqueue: 11070875 });
  });

  it('reads what this kernel writes', () => {
    expect(parseSchedstat(readText('/proc/self/schedstat')!)!.running).toBeGreaterThan(0);
  });

  it.each(['', '1', '1 2', '1 2 3 4', '-1 2 3', 'a b c', '1 2 3\n4'])('refuses %j', (text) => {
    expect(parseSchedstat(text)).toBeUndefined();
  });
});
