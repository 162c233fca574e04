/** A comparison as text for a terminal. */
import type { Factors } from '../results.js';
import { short } from '../report/format.js';
import { STAGE_WORDS } from '../report/words.js';
import type { Comparison, Pair } from './pairs.js';

const HEAD = ['cell', 'ratio', '95 % interval', 'captures', 'loss by stage, points of what was offered'];

/** Changes of loss that are smaller than this share of what was offered are not worth a word. */
const WORTH_A_WORD = 0.001;

/** From so many intervals on, one is likely to miss. */
const MANY = 10;

export function comparisonText(
  { pairs, onlyFirst, onlySecond, differences }: Comparison,
  first: string,
  second: string,
): string {
  const rows = [HEAD, ...pairs.map(rowOf)];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const table = rows.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  const only = (name: string, cells: readonly Factors[]) =>
    cells.length === 0 ? [] : [`Only in ${name}, so not compared: ${cells.map(nameOf).join(', ')}.`];
  return [
    `Packets captured a second: ${second} to ${first}.`,
    '',
    ...(pairs.length > 0 ? table : ['The two have no cell in common.']),
    '',
    ...(pairs.length >= MANY
      ? [`By chance alone about one in twenty of these ${pairs.length} intervals misses.`]
      : []),
    ...differences,
    ...only(first, onlyFirst),
    ...only(second, onlySecond),
    '',
  ]
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd();
}

const nameOf = (at: Factors): string => Object.values(at).join(' ');

function rowOf({ at, ratio, moved }: Pair): string[] {
  const interval = ratio?.low === undefined ? '–' : `${short(ratio.low)} to ${short(ratio.high)}`;
  const stages = moved
    .filter(({ rise }) => Math.abs(rise) >= WORTH_A_WORD)
    .map(
      ({ stage, rise }) => `${STAGE_WORDS[stage]} ${rise > 0 ? '+' : '−'}${Math.abs(100 * rise).toFixed(1)}`,
    );
  return [nameOf(at), short(ratio?.mean), interval, verdict(ratio), stages.join(', ') || 'as before'];
}

/** What an interval of a ratio allows to say. */
function verdict(ratio: Pair['ratio']): string {
  if (ratio?.low === undefined) return 'too little to tell';
  if (ratio.low > 1) return 'more';
  return ratio.high! < 1 ? 'less' : 'no sure difference';
}
