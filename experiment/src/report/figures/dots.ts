import { scaleLinear } from 'd3-scale';
import type { Interval } from '../../statistics/interval.js';
import { bare } from '../format.js';
import { type Markup, markup } from '../markup.js';
import type { Color } from '../palette.js';
import { drawing, round, WIDTH } from './figure.js';

export interface Dot {
  name: string;
  color: Color;
  /** A ring instead of a dot, or a diamond. */
  mark: 'dot' | 'ring' | 'diamond';
  interval: Interval;
}

export interface DotRow {
  label: string;
  /** One below the other. */
  dots: readonly Dot[];
}

export interface Dots {
  says: string;
  max: number;
  shown: (value: number) => string;
  /** A dashed line through all rows, and what it is. */
  offered?: number;
}

const LEFT = 136;
const RIGHT = 16;
const TOP = 6;
const BETWEEN = 13;
const PADDING = 8;
const AXIS = 22;

/** A row for each thing, in it a mark with its 95 % interval for each way it was measured. */
export function dotRows(rows: readonly DotRow[], { says, max, shown, offered }: Dots): Markup {
  const x = scaleLinear()
    .domain([0, max || 1])
    .nice(5)
    .range([LEFT, WIDTH - RIGHT]);
  let y = TOP;
  const drawn: Markup[] = [];
  for (const { label, dots } of rows) {
    const height = dots.length * BETWEEN + PADDING;
    drawn.push(
      markup`<line class="row" x1="0" x2="${WIDTH}" y1="${y}" y2="${y}"/><text class="label" x="${LEFT - 8}" y="${y + height / 2 + 4}" text-anchor="end">${label}</text>`,
      ...dots.map((dot, i) => dotAt(dot, label, y + PADDING / 2 + (i + 0.5) * BETWEEN, x, shown)),
    );
    y += height;
  }
  const axis = markup`<g class="axis">${x
    .ticks(5)
    .map(
      (value) =>
        markup`<line x1="${round(x(value))}" x2="${round(x(value))}" y1="${TOP}" y2="${y}"/><text x="${round(x(value))}" y="${y + 15}" text-anchor="middle">${bare(shown(value))}</text>`,
    )}</g>`;
  const line =
    offered !== undefined &&
    markup`<line class="offered" x1="${round(x(offered))}" x2="${round(x(offered))}" y1="${TOP}" y2="${y}"><title>offered ${shown(offered)}</title></line>`;
  return drawing(y + AXIS, says, [axis, markup`${line}`, ...drawn]);
}

type Scale = ReturnType<typeof scaleLinear<number, number>>;

function dotAt(
  { name, color, mark, interval }: Dot,
  row: string,
  y: number,
  x: Scale,
  shown: (value: number) => string,
): Markup {
  const { mean, low, high } = interval;
  const at = round(x(mean));
  const reach =
    low !== undefined && high !== undefined
      ? markup`<path class="reach" d="M${round(x(Math.max(0, low)))} ${y}H${round(x(Math.min(high, x.domain()[1]!)))}"/>`
      : undefined;
  const title = markup`<title>${row}, ${name}: ${shown(mean)}${low !== undefined && ` (95 %: ${shown(low)} to ${shown(high!)})`}</title>`;
  const shape =
    mark === 'diamond'
      ? markup`<path class="diamond" d="M${at} ${y - 5}l5 5l-5 5l-5 -5z">${title}</path>`
      : markup`<circle class="${mark}" cx="${at}" cy="${y}" r="4.2">${title}</circle>`;
  return markup`<g style="${color}">${reach}${shape}</g>`;
}
