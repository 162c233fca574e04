/** A result on the terminal. */
import { green, heading, say, yellow } from '../setup/console.mjs';
import type { Result } from './bench.js';
import { goalText, machineText, textRows } from './format.js';

export function print(result: Result): void {
  heading(`${result.bench} on ${result.ground}`);
  say(machineText(result.machine));
  for (const table of result.tables) {
    say(`\n${table.title} (${table.pairs} pairs)`);
    aligned(textRows(table)).forEach(say);
  }
  if (result.notes.length > 0) say('');
  result.notes.forEach(say);
  if (result.goals.length > 0) say('');
  for (const goal of result.goals) say(`${goal.met ? green('✓') : yellow('✗')} ${goalText(goal)}`);
}

/** Names to the left, figures to the right. */
function aligned(rows: readonly string[][]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const pad = (cell: string, column: number): string =>
    column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!);
  return rows.map((row) => `  ${row.map(pad).join('  ')}`);
}
