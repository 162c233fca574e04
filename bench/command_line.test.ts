import { describe, expect, it } from 'vitest';
import type { Bench } from './bench.js';
import { demandRoot, orderOf, UsageError } from './command_line.js';

const bench = (name: string, root: boolean): Bench => ({
  name,
  answers: '',
  needs: { root, packages: [] },
  run: () => Promise.resolve([]),
});
const benches = [bench('events', true), bench('scrape', false)];

describe('the command line', () => {
  it('asks for all benches, or for those it names', () => {
    expect(orderOf([], benches)).toEqual({ what: 'run', benches });
    expect(orderOf(['scrape'], benches)).toEqual({ what: 'run', benches: [benches[1]] });
    expect(orderOf(['scrape', '--minutes', '2'], benches)).toMatchObject({
      benches: [benches[1]],
      minutes: 2,
    });
    expect(orderOf(['--list'], benches)).toEqual({ what: 'list' });
    expect(orderOf(['scrape', '--help'], benches)).toEqual({ what: 'help' });
  });

  it.each([
    [['panel'], 'There is no bench panel: there are events, scrape.'],
    [['--minutes', 'x'], '--minutes wants a number, 1 or more.'],
    [['--fast'], 'There is no option --fast.'],
  ])('%j is refused in a sentence', (args, sentence) => {
    expect(() => orderOf(args, benches)).toThrow(new UsageError(sentence));
  });

  it('needs root only for what needs root', () => {
    expect(() => demandRoot(benches, false)).toThrow('No root: events cannot be measured.');
    demandRoot([benches[1]!], false);
    demandRoot(benches, true);
  });
});
