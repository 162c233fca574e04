/** The published numbers of the 2012 study, from `data/study-2012.csv`, which names their source. */
import { readFileSync } from 'node:fs';
import type { Platform } from '../results.js';

export interface StudyRow {
  platform: Platform;
  method: string;
  /** Empty where all are put together. */
  monitor: string;
  flows: string;
  /** Packets per second by frame size. */
  rates: Readonly<Record<StudySize, number>>;
}

export const STUDY_SIZES = [64, 256, 1518] as const;
export type StudySize = (typeof STUDY_SIZES)[number];

const FILE = new URL('../../data/study-2012.csv', import.meta.url);

export function readStudy(): StudyRow[] {
  const lines = readFileSync(FILE, 'utf8')
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('#'));
  return lines.slice(1).map((line) => {
    const [platform, method, monitor, flows, ...kpps] = line.split(',');
    const rate = (size: StudySize) => Number(kpps[STUDY_SIZES.indexOf(size)]) * 1e3;
    return {
      platform: platform as Platform,
      method: method!,
      monitor: monitor!,
      flows: flows!,
      rates: { 64: rate(64), 256: rate(256), 1518: rate(1518) },
    };
  });
}

/** What the study's guest captured, whatever the method, and the means of its methods on bare metal. */
export interface StudySummary {
  guest: { mean: number; lowest: number; highest: number };
  host: { method: string; mean: number; lowest: number; highest: number }[];
}

export function studyAt(size: StudySize, rows: readonly StudyRow[] = readStudy()): StudySummary {
  const guest = (which: string) =>
    rows.find(({ platform, method }) => platform === 'guest' && method.startsWith(which))!.rates[size];
  const host = rows.filter(({ platform }) => platform === 'host');
  return {
    guest: { mean: guest('mean'), lowest: guest('lowest'), highest: guest('highest') },
    host: [...new Set(host.map(({ method }) => method))].map((method) => {
      const rates = host.filter((row) => row.method === method).map((row) => row.rates[size]);
      const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
      return { method, mean, lowest: Math.min(...rates), highest: Math.max(...rates) };
    }),
  };
}
