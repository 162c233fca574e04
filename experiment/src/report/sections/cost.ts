/** What one captured packet costs, and whom. */
import type { CellResult } from '../../results.js';
import type { Context } from '../context.js';
import { figure, tableOf, type Table } from '../figures/figure.js';
import { type Bar, stackedBars } from '../figures/stacked.js';
import { around, duration, percent, short } from '../format.js';
import { groupsBy, levelsOf } from '../groups.js';
import { type Markup, markup } from '../markup.js';
import { meanOver, offeredRate, partsPerPacket, perPacket } from '../measures.js';
import { activityColor, classColor, payerColor, type Color } from '../palette.js';
import { capital, PAYER_WORDS, sizeWords, spoken } from '../words.js';

interface Breakdown {
  id: string;
  title: string;
  caption: Markup;
  parts(results: readonly CellResult[]): { name: string; value: number }[];
  named(part: string): string;
  color(part: string): Color;
  shown(value: number): string;
  /** Shares have a common end. */
  whole?: number;
  total(sum: number): string;
  limit?(results: readonly CellResult[]): number;
}

const KEYS = ['Platform', 'Method', 'Monitor', 'Size'];

/** A figure of stacked bars, one for each method, monitor and size; empty where nothing of it was seen. */
function breakdown(context: Context, what: Breakdown): Markup {
  const { results, methods, titleOf, nameOf } = context;
  const seen = results.filter((result) => what.parts([result]).length > 0);
  if (seen.length === 0) return markup``;
  const groups = groupsBy(seen, 'platform', 'method', 'monitor', 'size').map((group) => ({
    ...group,
    parts: what.parts(group.results),
    limit: what.limit?.(group.results),
  }));
  const sum = (parts: readonly { value: number }[]) => parts.reduce((total, { value }) => total + value, 0);
  const max = what.whole ?? Math.max(...groups.map(({ parts, limit = 0 }) => Math.max(sum(parts), limit)));
  const order = what.parts(seen).map(({ name }) => name);
  const manyMonitors = levelsOf(seen, 'monitor').length > 1;
  const bars = (platform: string): Bar[] =>
    methods.flatMap((method) =>
      groups
        .filter(({ at }) => at.platform === platform && at.method === method)
        .map(({ at, parts, limit }) => ({
          group: titleOf(method),
          label: manyMonitors ? `${sizeWords(at.size)}, ${at.monitor}` : sizeWords(at.size),
          parts: order.flatMap((name) =>
            parts
              .filter((part) => part.name === name)
              .map(({ value }) => ({ name: what.named(name), value, color: what.color(name) })),
          ),
          total: what.total(sum(parts)),
          ...(limit !== undefined && { limit }),
        })),
    );
  const table: Table = {
    head: [...KEYS, ...order.map((name) => capital(what.named(name))), 'Together'],
    keys: KEYS.length,
    rows: groups.map(({ at, parts }) => [
      at.platform,
      titleOf(at.method),
      at.monitor,
      sizeWords(at.size),
      ...order.map((name) => what.shown(parts.find((part) => part.name === name)?.value ?? 0)),
      what.shown(sum(parts)),
    ]),
  };
  return figure({
    id: what.id,
    title: what.title,
    caption: what.caption,
    legend: [
      ...order.map((name) => ({ name: what.named(name), color: what.color(name) })),
      ...(what.limit ? [{ name: 'budget', color: '', mark: 'dash' } as const] : []),
    ],
    facets: groupsBy(seen, 'platform').map(({ at }) => ({
      title: capital(nameOf(at)),
      drawing: stackedBars(bars(at.platform), {
        says: `${what.title} ${capital(nameOf(at))}. The numbers are in the table below.`,
        max,
        tick: what.shown,
        shown: ({ value }) => what.shown(value),
        ...(what.limit && { limitSays: 'the budget of a packet at the offered rate' }),
      }),
    })),
    table,
  });
}

export const time = (context: Context): Markup =>
  breakdown(context, {
    id: 'time-per-packet',
    title: 'Who spends the time of one captured packet?',
    caption: markup`CPU time per captured packet by who spends it. The dashed mark is the budget: the time that one CPU has for each packet at the
offered rate. Time of interrupts and softirqs may pass during exits and is then in both.`,
    parts: (results) => partsPerPacket(results, ({ cost }) => cost.payers),
    named: (payer) => PAYER_WORDS[payer] ?? spoken(payer),
    color: payerColor,
    shown: duration,
    total: duration,
    limit: (results) => 1 / meanOver(results, offeredRate)!.mean,
  });

export const exits = (context: Context): Markup =>
  breakdown(context, {
    id: 'exits-per-packet',
    title: 'How many VM exits does one captured packet take?',
    caption: markup`VM exits per captured packet by class.`,
    parts: (results) => partsPerPacket(results, ({ cost }) => cost.exits),
    named: spoken,
    color: classColor,
    shown: short,
    total: short,
  });

export const activities = (context: Context): Markup =>
  breakdown(context, {
    id: 'cpu-activity',
    title: "What do the host's CPUs do meanwhile?",
    caption: markup`Shares of the time of all CPUs of the host while the load lasted, from samples of what they were at.`,
    parts: activityShares,
    named: spoken,
    color: activityColor,
    shown: percent,
    whole: 1,
    total: () => '',
  });

function activityShares(results: readonly CellResult[]): { name: string; value: number }[] {
  const seen = results.flatMap(({ cost }) => (cost.activities ? [cost.activities] : []));
  const total = seen.flatMap((one) => Object.values(one)).reduce((sum, seconds) => sum + seconds, 0);
  if (total === 0) return [];
  return [...new Set(seen.flatMap((one) => Object.keys(one)))]
    .map((name) => ({
      name,
      value: seen.reduce((sum, one) => sum + (one[name] ?? 0), 0) / total,
    }))
    .sort((a, b) => Number(a.name === 'idle') - Number(b.name === 'idle') || b.value - a.value);
}

/** Whole events of a cell per captured packet. */
const EVENTS = {
  'VM exits': ({ cost }: CellResult) =>
    cost.exits && Object.values(cost.exits).reduce((sum, count) => sum + count, 0),
  kicks: ({ cost }: CellResult) => cost.kicks,
  injections: ({ cost }: CellResult) => cost.injections,
  'NIC interrupts': ({ cost }: CellResult) => cost.interrupts,
} as const;

/** Exits, kicks, injections and interrupts per captured packet, with 95 % intervals. */
export function events({ results, titleOf }: Context): Markup {
  const keys = ['Platform', 'Method', 'Size'];
  const rows = groupsBy(results, 'platform', 'method', 'size').map(({ at, results: cells }) => [
    at.platform,
    titleOf(at.method),
    sizeWords(at.size),
    ...Object.values(EVENTS).map((count) => {
      const interval = meanOver(cells, (result) => perPacket(result, count(result)));
      if (interval === undefined) return '–';
      const { mean, low, high } = interval;
      return around(mean, low === undefined ? undefined : (high! - low) / 2);
    }),
  ]);
  return markup`<h3 id="events-per-packet">How often does one packet interrupt somebody?</h3>
<p>Per captured packet, with 95 % intervals. A dash is what cannot happen there or was not seen.</p>
${tableOf({ head: [...keys, ...Object.keys(EVENTS)], keys: keys.length, rows }, 'Events per captured packet')}`;
}

/** Mean events per captured packet by name; undefined where not seen. */
export const eventsPerPacket = (
  results: readonly CellResult[],
  event: keyof typeof EVENTS,
): number | undefined => meanOver(results, (result) => perPacket(result, EVENTS[event](result)))?.mean;
