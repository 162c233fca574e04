/** The raw numbers as tables for other programs (RFC 4180). */
import { STAGES, type Cell, type CellResult } from '../results.js';
import { deliveredRate, isSound, keptOf, offeredRate } from './measures.js';

type Value = string | number | undefined;

const CELL = ['id', 'platform', 'method', 'monitor', 'flows', 'size', 'replication'] as const;
const cellOf = (cell: Cell): Value[] => CELL.map((key) => cell[key]);

/** Every sample of every cell, the discarded ones too. */
export function samplesCsv(results: readonly CellResult[]): string {
  const head = [...CELL, 'at', 'seconds', 'kept', 'offered', 'delivered', ...STAGES.map((s) => `lost_${s}`)];
  const rows = results.flatMap(({ cell, samples }) =>
    samples.map(({ at, seconds, kept, offered, delivered, lost }) => [
      ...cellOf(cell),
      at,
      seconds,
      String(kept),
      offered,
      delivered,
      ...STAGES.map((stage) => lost[stage]),
    ]),
  );
  return csv([head, ...rows]);
}

/** A row for each cell: counts of the whole load, rates and costs of what was kept. What was not seen is empty. */
export function cellsCsv(results: readonly CellResult[]): string {
  const seen = (parts: (result: CellResult) => object | undefined) =>
    [...new Set(results.flatMap((result) => Object.keys(parts(result) ?? {})))].sort();
  const exits = seen(({ cost }) => cost.exits);
  const payers = seen(({ cost }) => cost.payers);
  const activities = seen(({ cost }) => cost.activities);
  const head = [
    ...CELL,
    'order',
    'started_at',
    'offered',
    'delivered',
    'delivered_by_trapline',
    ...STAGES.map((stage) => `lost_${stage}`),
    'sound',
    'kept_seconds',
    'offered_per_second',
    'delivered_per_second',
    'kept_delivered',
    'kicks',
    'injections',
    'interrupts',
    ...exits.map((name) => `exits_${name}`),
    ...payers.map((name) => `seconds_${name}`),
    ...activities.map((name) => `activity_seconds_${name}`),
  ];
  const rows = results.map((result): Value[] => [
    ...cellOf(result.cell),
    result.order,
    result.startedAt,
    result.offered,
    result.delivered,
    result.deliveredByTrapline,
    ...STAGES.map((stage) => result.lost[stage]),
    String(isSound(result)),
    keptOf(result).seconds,
    offeredRate(result),
    deliveredRate(result),
    keptOf(result).delivered,
    result.cost.kicks,
    result.cost.injections,
    result.cost.interrupts,
    ...exits.map((name) => result.cost.exits?.[name]),
    ...payers.map((name) => result.cost.payers?.[name]),
    ...activities.map((name) => result.cost.activities?.[name]),
  ]);
  return csv([head, ...rows]);
}

const csv = (rows: readonly (readonly Value[])[]): string =>
  rows.map((row) => `${row.map((value) => quoted(String(value ?? ''))).join(',')}\n`).join('');

const quoted = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
