import { scaleBand, scaleLinear } from 'd3-scale';
import type { Interval } from '../../statistics/interval.js';
import { bare } from '../format.js';
import { type Markup, markup } from '../markup.js';
import type { Color } from '../palette.js';
import { drawing, round, WIDTH } from './figure.js';

export interface Column {
  name: string;
  color: Color;
  interval: Interval;
  /** What the mean was made from: each is a dot. */
  values: readonly number[];
}

export interface Cluster {
  label: string;
  columns: readonly Column[];
  /** What was offered: a dashed line across the cluster. */
  offered?: number;
}

export interface Columns {
  says: string;
  /** End of the axis. */
  max: number;
  unit: string;
  shown: (value: number) => string;
}

const HEIGHT = 250;
const LEFT = 46;
const TOP = 26;
const BOTTOM = 24;

/** Columns in clusters, with 95 % intervals as whiskers and the single values as dots. */
export function columns(clusters: readonly Cluster[], { says, max, unit, shown }: Columns): Markup {
  const y = scaleLinear()
    .domain([0, max || 1])
    .nice(5)
    .range([HEIGHT - BOTTOM, TOP]);
  const x = scaleBand()
    .domain(clusters.map(({ label }) => label))
    .range([LEFT, WIDTH])
    .paddingInner(0.16)
    .paddingOuter(0.06);
  const axis = markup`<g class="axis"><text class="unit" x="${LEFT - 8}" y="11" text-anchor="end">${unit}</text>${y
    .ticks(5)
    .map(
      (value) =>
        markup`<line x1="${LEFT}" x2="${WIDTH}" y1="${round(y(value))}" y2="${round(y(value))}"/><text x="${LEFT - 8}" y="${round(y(value) + 4)}" text-anchor="end">${bare(shown(value))}</text>`,
    )}</g>`;
  const drawn = clusters.map((cluster) => {
    const [left, width] = [x(cluster.label)!, x.bandwidth()];
    const place = scaleBand<number>()
      .domain(cluster.columns.map((_, i) => i))
      .range([left, left + width])
      .paddingInner(0.14);
    const whole = cluster.columns.map((column, i) =>
      columnAt(column, place(i)!, place.bandwidth(), y, `${cluster.label}, ${column.name}`, shown),
    );
    return markup`${whole}${
      cluster.offered !== undefined &&
      markup`<line class="offered" x1="${round(left - 4)}" x2="${round(left + width + 4)}" y1="${round(y(cluster.offered))}" y2="${round(y(cluster.offered))}"><title>${cluster.label}: offered ${shown(cluster.offered)} ${unit}</title></line>`
    }<text class="label" x="${round(left + width / 2)}" y="${HEIGHT - 6}" text-anchor="middle">${cluster.label}</text>`;
  });
  return drawing(HEIGHT, says, [axis, ...drawn]);
}

type Scale = ReturnType<typeof scaleLinear<number, number>>;

function columnAt(
  { color, interval, values }: Column,
  left: number,
  width: number,
  y: Scale,
  name: string,
  shown: (value: number) => string,
): Markup {
  const top = y(interval.mean);
  const centre = left + width / 2;
  const title = markup`<title>${name}: ${shown(interval.mean)}${interval.low !== undefined && ` (95 %: ${shown(interval.low)} to ${shown(interval.high!)})`}</title>`;
  const dots = values.map((value, i) => {
    const at = values.length === 1 ? centre : centre + ((i / (values.length - 1) - 0.5) * width) / 2;
    return markup`<circle class="value" cx="${round(at)}" cy="${round(y(value))}" r="2"/>`;
  });
  return markup`<g style="${color}"><rect class="mark" x="${round(left)}" y="${round(top)}" width="${round(width)}" height="${round(Math.max(0, y(0) - top))}">${title}</rect>${dots}${whisker(interval, centre, y)}</g>`;
}

function whisker({ low, high }: Interval, x: number, y: Scale): Markup | undefined {
  if (low === undefined || high === undefined) return undefined;
  const [from, to] = [y(Math.max(0, low)), y(Math.min(high, y.domain()[1]!))];
  return markup`<path class="whisker" d="M${round(x)} ${round(from)}V${round(to)}M${round(x - 4)} ${round(to)}h8M${round(x - 4)} ${round(from)}h8"/>`;
}
