import { describe, expect, it } from 'vitest';
import type { Cell, CellResult } from './results.js';
import { Terminal, duration } from './terminal.js';

const CELL: Cell = {
  id: 'guest-v3-null-single-64-r1',
  ...{ platform: 'guest', method: 'v3', monitor: 'null', flows: 'single', size: 64, replication: 1 },
};
const RESULT = {
  cell: CELL,
  ...{ offered: 1000, delivered: 900, deliveredByTrapline: 900, lost: { tap: 60, softnet: 0, socket: 40 } },
} as CellResult;

/** What the terminal is written. */
async function written(isTTY: boolean, result: CellResult | undefined): Promise<string> {
  let text = '';
  const write = (part: string): boolean => ((text += part), true);
  const terminal = new Terminal({ isTTY, columns: 60, write: write as NodeJS.WriteStream['write'] });
  terminal.cellStarted(CELL, { done: 0, planned: 2, secondsLeft: 500 });
  terminal.phase(CELL, 'collect');
  terminal.sample(CELL, { at: 2, seconds: 2, offered: 4000, delivered: 3001, lost: {}, kept: true });
  terminal.say('Left out: dpdk.');
  terminal.cellEnded(CELL, result, { done: 1, planned: 2, secondsLeft: 250 });
  await terminal.close();
  return text;
}

describe('the terminal', () => {
  it('that is none gets a line for each cell, and no control character', async () => {
    expect(await written(false, RESULT)).toBe(
      'Left out: dpdk.\n' +
        '1/2 guest-v3-null-single-64-r1: 1000 offered, 900 delivered, 60 lost at tap, 40 lost at socket; 4 min left\n',
    );
  });

  it('says what does not add up', async () => {
    const unsound = { ...RESULT, delivered: 899, lost: { tap: 60 } };
    expect(await written(false, unsound)).toContain(
      '899 delivered, 60 lost at tap, 40 not accounted for, Trapline says 900 delivered; 4 min left',
    );
    expect(await written(false, undefined)).toContain('r1: not measured; 4 min left');
  });

  it('shows one line, cut to its width, and leaves nothing of it', async () => {
    const lines = (await written(true, RESULT)).split('\n');
    // As a terminal shows it: what is before the last erasing of a line is gone.
    const shown = lines.map((line) => line.split('\r\x1b[K').at(-1));
    expect(shown).toEqual(['Left out: dpdk.', '']);
    const drawn = lines.flatMap((line) => line.split('\r\x1b[K'));
    expect(drawn).toContain('0/2, 8 min left: guest-v3-null-single-64-r1, collect, 2,000');
    expect(Math.max(...drawn.map(({ length }) => length))).toBe(59);
  });

  it('keeps a line of a cell whose frames do not add up', async () => {
    expect(await written(true, { ...RESULT, lost: {} })).toContain('100 not accounted for; 4 min left\n');
  });

  it.each([
    [0, '0 s'],
    [12.3, '13 s'],
    [59.7, '60 s'],
    [90, '2 min'],
    [3599, '1 h 0 min'],
    [120_000, '33 h 20 min'],
  ])('calls %d seconds %s', (seconds, words) => {
    expect(duration(seconds)).toBe(words);
  });
});
