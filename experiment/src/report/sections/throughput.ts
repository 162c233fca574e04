/** The study's figures drawn anew: how much each method captures, by size, on host and guest. */
import type { CellResult } from '../../results.js';
import { meanInterval } from '../../statistics/interval.js';
import type { Context } from '../context.js';
import { type Cluster, columns } from '../figures/columns.js';
import { dotRows } from '../figures/dots.js';
import { figure, type LegendEntry, type Table } from '../figures/figure.js';
import { short, whole } from '../format.js';
import { groupsBy, levelsOf } from '../groups.js';
import { type Markup, markup } from '../markup.js';
import { deliveredRate, offeredRate, wireRate } from '../measures.js';
import { methodColor, monitorColor } from '../palette.js';
import { capital, sizeWords } from '../words.js';

/** A unit of throughput. */
interface Unit {
  name: string;
  of(rate: number, result: CellResult): number;
}

const KPPS: Unit = { name: 'kpps', of: (rate) => rate / 1e3 };
const MEGABITS: Unit = { name: 'Mbit/s', of: (rate, { cell }) => (wireRate(rate, cell.size) ?? 0) / 1e6 };

/** An offered rate that is farther than this from all that was captured would leave no room for the rest. */
const FARTHEST = 3;

export function throughput(context: Context): Markup {
  const { results } = context;
  const sized = results.filter(({ cell }) => cell.size !== 'any');
  return markup`${bySize(context, results, KPPS, 'How many packets does each method capture?', 'throughput-kpps')}
${sized.length > 0 && bySize(context, sized, MEGABITS, 'How many bits is that on the wire?', 'throughput-mbit')}
${levelsOf(results, 'monitor').length * levelsOf(results, 'flows').length > 1 && byWay(context)}`;
}

function bySize(
  context: Context,
  results: readonly CellResult[],
  unit: Unit,
  title: string,
  id: string,
): Markup {
  const { methods, titleOf, nameOf } = context;
  const reached = Math.max(...highs(results, unit));
  const offered = (cells: readonly CellResult[]) => meanOf(cells, (r) => unit.of(offeredRate(r), r));
  const highest = Math.max(...groupsBy(results, 'size').map((group) => offered(group.results)));
  const onAxis = highest <= FARTHEST * reached;
  return figure({
    id,
    title,
    caption: markup`${unit === KPPS ? 'Packets' : 'Bits'} a second by frame size: means of the replications, which are the dots, with 95 % intervals where there are several.
${onAxis ? 'The dashed line is what was offered.' : `Offered were up to ${short(highest)} ${unit.name}, far above the axis.`}
${unit === MEGABITS && 'Preamble and gap of each frame are counted, as the study does.'}`,
    legend: [
      ...methods.map((method, i): LegendEntry => ({ name: titleOf(method), color: methodColor(i) })),
      ...(onAxis ? [{ name: 'offered', color: '', mark: 'dash' } as const] : []),
    ],
    facets: groupsBy(results, 'monitor', 'flows', 'platform').map(({ at, results: cells }) => ({
      title: capital(nameOf(at)),
      drawing: columns(
        groupsBy(cells, 'size').map((group): Cluster => ({
          label: sizeWords(group.at.size),
          columns: methods.flatMap((method, i) => {
            const ofMethod = group.results.filter(({ cell }) => cell.method === method);
            const values = ofMethod.map((r) => unit.of(deliveredRate(r), r));
            return values.length === 0
              ? []
              : [{ name: titleOf(method), color: methodColor(i), interval: meanInterval(values), values }];
          }),
          ...(onAxis && { offered: offered(group.results) }),
        })),
        {
          says: `${title} ${capital(nameOf(at))}, in ${unit.name}. The numbers are in the table below.`,
          max: onAxis ? Math.max(reached, highest) : reached,
          unit: unit.name,
          shown: short,
        },
      ),
    })),
    table: rateTable(context, results, unit),
  });
}

/** Every way of measuring on its own: methods below each other, monitors and flows beside. */
function byWay(context: Context): Markup {
  const { results, methods, briefly, nameOf } = context;
  const ways = groupsBy(results, 'monitor', 'flows').map(({ at }) => at);
  const color = ({ monitor }: (typeof ways)[number]) => monitorColor(monitor);
  const mark = ({ flows }: (typeof ways)[number]) => (flows === 'single' ? 'dot' : 'ring');
  const max = Math.max(...highs(results, KPPS));
  return figure({
    id: 'rates-by-way',
    title: 'Does it matter what is done with the packets, and how many flows they are?',
    caption: markup`Packets a second with 95 % intervals, for each method by its monitor and the number of flows.`,
    legend: ways.map((way) => ({ name: nameOf(way), color: color(way), mark: mark(way) })),
    facets: groupsBy(results, 'size', 'platform').map(({ at, results: cells }) => ({
      title: capital(nameOf(at)),
      drawing: dotRows(
        methods.map((method) => ({
          label: briefly(method),
          dots: groupsBy(
            cells.filter(({ cell }) => cell.method === method),
            'monitor',
            'flows',
          ).map((group) => ({
            name: nameOf(group.at),
            color: color(group.at),
            mark: mark(group.at),
            interval: meanInterval(group.results.map((r) => KPPS.of(deliveredRate(r), r))),
          })),
        })),
        {
          says: `Packets a second by method, monitor and flows: ${nameOf(at)}. The numbers are in the table below.`,
          max,
          shown: short,
        },
      ),
    })),
    table: rateTable(context, results, KPPS),
  });
}

function rateTable({ titleOf }: Context, results: readonly CellResult[], unit: Unit): Table {
  const head = ['Platform', 'Method', 'Monitor', 'Flows', 'Size'];
  return {
    head: [...head, `Offered, ${unit.name}`, `Captured, ${unit.name}`, '95 % from', 'to', 'Cells'],
    keys: head.length,
    rows: groupsBy(results, 'platform', 'method', 'monitor', 'flows', 'size').map(
      ({ at, results: cells }) => {
        const { mean, low, high, n } = meanInterval(cells.map((r) => unit.of(deliveredRate(r), r)));
        return [
          at.platform,
          titleOf(at.method),
          at.monitor,
          at.flows,
          sizeWords(at.size),
          short(meanOf(cells, (r) => unit.of(offeredRate(r), r))),
          short(mean),
          short(low),
          short(high),
          whole(n),
        ];
      },
    ),
  };
}

/** Upper ends of all intervals. */
const highs = (results: readonly CellResult[], unit: Unit): number[] =>
  groupsBy(results, 'platform', 'method', 'monitor', 'flows', 'size').map(({ results: cells }) => {
    const values = cells.map((r) => unit.of(deliveredRate(r), r));
    const { mean, high } = meanInterval(values);
    // An interval of two values that differ reaches far beyond both: the axis need not.
    return Math.max(...values, Math.min(high ?? mean, 1.5 * Math.max(...values)));
  });

const meanOf = (results: readonly CellResult[], value: (result: CellResult) => number): number =>
  meanInterval(results.map(value)).mean;
