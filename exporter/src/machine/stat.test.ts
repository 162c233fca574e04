import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readText } from './read.js';
import { parseStat } from './stat.js';

const tail = 'S 1 5786 3889 0 -1 4194304 99 0 0 0 1 2 0 0 20 0 1 0 90937 3133440 380 18446744073709551615';

describe('parseStat', () => {
  it.each(['cat', 'CPU 0/KVM', 'a) S 1 (b', ') R 9 9 9', '((', ''])('reads past the name %j', (comm) => {
    expect(parseStat(`5790 (${comm}) ${tail}\n`)).toEqual({ pid: 5790, comm, parent: 1, startTicks: 90937 });
  });

  it.each(['', '12', '12 (cat', ')12(', '12 (cat) S 1 2', 'x (cat) ' + tail])('refuses %j', (text) => {
    expect(parseStat(text)).toBeUndefined();
  });

  it('reads every process of this machine', () => {
    const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
    const stats = pids.map((pid) => readText(`/proc/${pid}/stat`)).filter((text) => text !== undefined);
    expect(stats.map(parseStat)).not.toContain(undefined);
    const own = parseStat(readText('/proc/self/stat')!)!;
    expect(own.pid).toBe(process.pid);
  });
});
