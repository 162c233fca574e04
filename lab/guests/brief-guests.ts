/** The near side of brief-guests.c: compiles it, writes what it reads, reads what it writes. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** A guest that writes a port so often, halts, and is gone. */
export interface BriefGuest {
  name: string;
  writes: number;
}

/** What the VMMs of some guests have seen, and under which process ids they ran. */
export interface BriefTotals {
  guests: number;
  writes: number;
  halts: number;
  pids: ReadonlySet<number>;
}

/** The name that half of the guests bear. */
export const SHARED_NAME = 'brief-same';

/** Compiles the program to a file that runs on any kernel of this processor. */
export function compileBriefGuests(program: string): void {
  const source = join(import.meta.dirname, 'brief-guests.c');
  execFileSync('clang', ['-O2', '-Wall', '-Wextra', '-Werror', '-static', source, '-o', program]);
}

/** So many guests, every second of which has a name of its own, with the round in it. */
export function planGuests(count: number, round: number): BriefGuest[] {
  return Array.from({ length: count }, (_, i) => ({
    name: i % 2 === 0 ? SHARED_NAME : `brief-${round}-${i}`,
    writes: 1 + (i % 7),
  }));
}

/** What the program reads for these guests. Their names must not contain line breaks. */
export function requestOf(guests: readonly BriefGuest[]): string {
  return guests.map(({ name, writes }) => `${writes} ${name}\n`).join('');
}

/** What the program has written. */
export function totalsOf(output: string): BriefTotals {
  const lines = output
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number));
  const sum = (column: number): number => lines.reduce((total, line) => total + line[column]!, 0);
  return {
    guests: lines.length,
    writes: sum(1),
    halts: sum(2),
    pids: new Set(lines.map(([pid]) => pid!)),
  };
}
