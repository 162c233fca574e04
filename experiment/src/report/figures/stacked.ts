import { scaleLinear } from 'd3-scale';
import { bare } from '../format.js';
import { type Markup, markup } from '../markup.js';
import type { Color } from '../palette.js';
import { drawing, round, WIDTH } from './figure.js';

export interface Part {
  name: string;
  value: number;
  color: Color;
}

export interface Bar {
  /** Bars of one group stand together under its name. */
  group: string;
  label: string;
  parts: readonly Part[];
  /** What stands at its end. */
  total: string;
  /** A mark to hold the bar against. */
  limit?: number;
}

export interface Stacked {
  /** What the figure shows, for those who do not see it. */
  says: string;
  /** End of the axis; so that figures side by side share theirs. */
  max: number;
  tick: (value: number) => string;
  /** What is written into a part that has room; the text of its tooltip where it has none. */
  shown: (part: Part, bar: Bar) => string;
  limitSays?: string;
}

const LEFT = 118;
const RIGHT = 62;
const ROW = 24;
const BAR = 17;
const GROUP = 24;
const AXIS = 22;
/** Units that one letter of what is written into a bar takes. */
const LETTER = 6.2;
/** Units that one of the bold letters at its end takes. */
const BOLD_LETTER = 8.5;
/** Between a bar or its mark and what stands at its end. */
const GAP = 6;

/** Horizontal bars of parts, in groups. */
export function stackedBars(bars: readonly Bar[], options: Stacked): Markup {
  const x = scaleLinear()
    .domain([0, options.max || 1])
    .range([LEFT, WIDTH - RIGHT]);
  let y = 0;
  let group: string | undefined;
  const rows: Markup[] = [];
  for (const bar of bars) {
    if (bar.group !== group) {
      group = bar.group;
      rows.push(markup`<text class="group" x="0" y="${y + 16}">${group}</text>`);
      y += GROUP;
    }
    rows.push(barAt(bar, y, x, options));
    y += ROW;
  }
  return drawing(y + AXIS, options.says, [axis(x, y, options.tick), ...rows]);
}

type Scale = ReturnType<typeof scaleLinear<number, number>>;

const axis = (x: Scale, height: number, tick: (value: number) => string): Markup =>
  markup`<g class="axis">${x
    .ticks(4)
    .map(
      (value) =>
        markup`<line x1="${x(value)}" x2="${x(value)}" y1="${GROUP - 4}" y2="${height + 2}"/><text x="${x(value)}" y="${height + 16}" text-anchor="middle">${value === 0 ? '0' : bare(tick(value))}</text>`,
    )}</g>`;

function barAt(bar: Bar, y: number, x: Scale, { shown, limitSays }: Stacked): Markup {
  let from = 0;
  const middle = y + BAR / 2 + 4;
  const parts = bar.parts
    .filter(({ value }) => value > 0)
    .map((part) => {
      const [left, right] = [x(from), x(from + part.value)];
      from += part.value;
      const text = shown(part, bar);
      const fits = right - left > text.length * LETTER + 6;
      return markup`<g style="${part.color}"><rect class="mark" x="${round(left)}" y="${y}" width="${round(right - left)}" height="${BAR}"><title>${bar.group}, ${bar.label}: ${part.name} ${text}</title></rect>${
        fits &&
        markup`<text class="inside" x="${round((left + right) / 2)}" y="${middle}" text-anchor="middle">${text}</text>`
      }</g>`;
    });
  const end = x(from) + GAP;
  const mark = x(bar.limit ?? 0);
  const hidden = mark > end - GAP / 2 && mark < end + bar.total.length * BOLD_LETTER + GAP;
  return markup`<text class="label" x="${LEFT - 8}" y="${middle}" text-anchor="end">${bar.label}</text>${parts}<text class="total" x="${round(hidden ? mark + GAP : end)}" y="${middle}">${bar.total}</text>${
    bar.limit !== undefined &&
    markup`<line class="limit" x1="${round(x(bar.limit))}" x2="${round(x(bar.limit))}" y1="${y - 3}" y2="${y + BAR + 3}"><title>${limitSays ?? ''}</title></line>`
  }`;
}
