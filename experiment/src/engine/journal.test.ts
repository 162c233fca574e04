import { mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Journal } from './journal.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'));
  path = join(folder, 'journal.jsonl');
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const change = (what: string): { machine: 'host'; what: string; undo: string } => ({
  machine: 'host',
  what,
  undo: `undo ${what}`,
});

describe('the journal', () => {
  it('knows after a crash what was changed and not taken back', () => {
    const first = new Journal(path);
    expect(['a', 'b', 'c'].map((what) => first.announce(change(what)))).toEqual([1, 2, 3]);
    first.write({ entry: 'undone', ids: [3, 1] });
    first.write({ entry: 'undo failed', ids: [2], reason: 'no' });
    const second = new Journal(path);
    expect(second.open).toEqual([{ id: 2, ...change('b') }]);
    expect(second.announce(change('d'))).toBe(4);
    expect(new Journal(path).open).toEqual(second.open);
  });

  it('does not use the number of a change again, though all are taken back', () => {
    const first = new Journal(path);
    first.announce(change('a'));
    first.write({ entry: 'undone', ids: [1] });
    expect(new Journal(path).announce(change('b'))).toBe(2);
  });

  it('takes a line that a crash tore, wherever, for not written, and goes on after it', () => {
    new Journal(path).announce(change('a'));
    const whole = statSync(path).size;
    new Journal(path).announce(change('torn'));
    for (let size = statSync(path).size - 1; size > whole; size -= 7) {
      truncateSync(path, size);
      const torn = new Journal(path);
      expect(torn.open).toEqual([{ id: 1, ...change('a') }]);
      expect(torn.announce(change('b'))).toBe(2);
      expect(new Journal(path).open.map(({ what }) => what)).toEqual(['a', 'b']);
    }
  });

  it('keeps what a machine was like before the first change', () => {
    new Journal(path).write({ entry: 'state before', machine: 'guest', lines: ['module x'] });
    expect(new Journal(path).stateBefore('guest')).toEqual(['module x']);
    expect(new Journal(path).stateBefore('host')).toBeUndefined();
  });
});
