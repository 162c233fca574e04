/** What `npm run bench` is asked for. */
import type { Bench } from './bench.js';

/** A command line that cannot be understood. */
export class UsageError extends Error {}

export const USAGE = `npm run bench                 every bench, then docs/performance.md
npm run bench -- <name> …     only these
npm run bench -- --list       what there is, and what it answers
npm run bench -- standing --minutes 2    shorter than its ten minutes
npm run bench:report          docs/performance.md from the results that are there

TRAPLINE_LAB_KERNELS=6.12 keeps to one kernel of the lab, TRAPLINE_LAB_KERNELS= to this machine.`;

export type Order =
  { what: 'help' } | { what: 'list' } | { what: 'run'; benches: readonly Bench[]; minutes?: number };

/** Throws `UsageError`. */
export function orderOf(args: readonly string[], benches: readonly Bench[]): Order {
  if (args.some((arg) => arg === '--help' || arg === '-h')) return { what: 'help' };
  if (args.includes('--list')) return { what: 'list' };
  const { minutes, wanted } = minutesOf(args);
  const option = wanted.find((arg) => arg.startsWith('-'));
  if (option !== undefined) throw new UsageError(`There is no option ${option}.`);
  const names = benches.map(({ name }) => name);
  const unknown = wanted.find((arg) => !names.includes(arg));
  if (unknown !== undefined)
    throw new UsageError(`There is no bench ${unknown}: there are ${names.join(', ')}.`);
  const chosen = benches.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
  return { what: 'run', benches: chosen, ...(minutes === undefined ? {} : { minutes }) };
}

/** Takes `--minutes N` out of the arguments. */
function minutesOf(args: readonly string[]): { minutes?: number; wanted: readonly string[] } {
  const at = args.indexOf('--minutes');
  if (at < 0) return { wanted: args };
  const minutes = Number(args[at + 1]);
  if (!(minutes >= 1)) throw new UsageError('--minutes wants a number, 1 or more.');
  return { minutes, wanted: args.toSpliced(at, 2) };
}

/** Throws a sentence where root is needed and is not there. */
export function demandRoot(benches: readonly Bench[], root: boolean): void {
  const needy = benches.filter(({ needs }) => needs.root).map(({ name }) => name);
  if (root || needy.length === 0) return;
  throw new Error(`No root: ${needy.join(', ')} cannot be measured. Run the command with sudo.`);
}
