import { count, share as shareText } from './numbers';
import type { Column, Tone } from './Table';

/** A column of a rate or a count. */
export const rate = <T>(name: string, meaning: string, value: (row: T) => number | null): Column<T> => ({
  name,
  meaning,
  value,
  text: (row) => count(value(row)),
});

/** A column of a share. */
export const share = <T>(name: string, meaning: string, value: (row: T) => number | null): Column<T> => ({
  name,
  meaning,
  value,
  text: (row) => shareText(value(row)),
});

/** The share of the packets that was lost. */
export const loss = <T>(meaning: string, value: (row: T) => number | null): Column<T> => ({
  ...share('Loss', meaning, value),
  tone: (row) => toneOf(value(row)),
});

/** How bad a loss is; undefined where it is not. */
export function toneOf(loss: number | null): Tone | undefined {
  if (loss === null || loss < WARN_LOSS) {
    return undefined;
  }
  return loss < BAD_LOSS ? 'warn' : 'bad';
}

/** Shares of the packets offered, as the alerts of provisioning/ have them. */
export const WARN_LOSS = 0.01;
export const BAD_LOSS = 0.05;
