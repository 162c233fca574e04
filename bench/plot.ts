/** Pictures of the document, as SVG: the same bytes from the same figures. */
import type { Axis, Bars, Lines, Plot } from './bench.js';
import { figure } from './format.js';

const WIDTH = 760;
/** Readable on white and on black. */
const TEXT = '#7d8590';
const COLOURS = ['#2f81f7', '#db6d28', '#3fb950', '#a371f7', '#d29922', '#f85149'];
const BAR_COLOURS = { ours: '#2f81f7', floor: '#7d8590', other: '#db6d28' } as const;

export const draw = (plot: Plot): string => (plot.kind === 'bars' ? drawBars(plot) : drawLines(plot));

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const at = (value: number): string => value.toFixed(1);

function picture(height: number, title: string, parts: readonly string[]): string {
  const open = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12" fill="${TEXT}" role="img" aria-label="${escape(title)}">`;
  return `${[open, text(8, 18, title, 'start', 'font-weight="bold"'), ...parts, '</svg>'].join('\n')}\n`;
}

const text = (x: number, y: number, content: string, anchor: 'start' | 'middle' | 'end', more = ''): string =>
  `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}" ${more}>${escape(content)}</text>`;

const ROW = 22;
const BARS = { left: 250, right: 660, top: 34 } as const;

function drawBars({ title, unit, bars }: Bars): string {
  const longest = Math.max(...bars.map(({ value }) => value));
  const parts = bars.flatMap(({ name, value, mark }, i) => {
    const y = BARS.top + i * ROW;
    const width = longest > 0 ? (Math.max(0, value) / longest) * (BARS.right - BARS.left) : 0;
    const colour = BAR_COLOURS[mark ?? 'other'];
    return [
      text(BARS.left - 8, y + 13, name, 'end'),
      `<rect x="${BARS.left}" y="${y}" width="${at(width)}" height="${ROW - 6}" fill="${colour}"/>`,
      text(BARS.left + width + 6, y + 13, `${figure(value)} ${unit}`, 'start'),
    ];
  });
  return picture(BARS.top + bars.length * ROW + 8, title, parts);
}

const FRAME = { left: 70, right: 580, top: 34, bottom: 300 } as const;

/** Where a value lies between the ends of an axis, and the values that get a line. */
interface Scale {
  place: (value: number) => number;
  ticks: number[];
}

function scaleOf({ scale }: Axis, values: readonly number[]): Scale {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (scale === 'linear') {
    const step = niceStep(most / 5);
    const top = Math.ceil(most / step) * step;
    const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, i) => i * step);
    return { place: (value) => value / top, ticks };
  }
  const from = Math.floor(Math.log10(least));
  const to = Math.max(from + 1, Math.ceil(Math.log10(most)));
  const ticks = Array.from({ length: to - from + 1 }, (_, i) => 10 ** (from + i));
  return { place: (value) => (Math.log10(value) - from) / (to - from), ticks };
}

/** 1, 2 or 5 times a power of ten, not below the value. */
function niceStep(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5].find((factor) => factor * power >= value) ?? 10);
}

function drawLines({ title, x, y, series }: Lines): string {
  const points = series.flatMap((each) => each.points);
  const [across, up] = [
    scaleOf(
      x,
      points.map(([value]) => value),
    ),
    scaleOf(
      y,
      points.map(([, value]) => value),
    ),
  ];
  const left = (value: number): number => FRAME.left + across.place(value) * (FRAME.right - FRAME.left);
  const top = (value: number): number => FRAME.bottom - up.place(value) * (FRAME.bottom - FRAME.top);
  const parts = [
    ...up.ticks.flatMap((tick) => [
      `<path d="M${FRAME.left} ${at(top(tick))}H${FRAME.right}" stroke="${TEXT}" stroke-opacity="0.3"/>`,
      text(FRAME.left - 6, top(tick) + 4, figure(tick), 'end'),
    ]),
    ...across.ticks.map((tick) => text(left(tick), FRAME.bottom + 16, figure(tick), 'middle')),
    text((FRAME.left + FRAME.right) / 2, FRAME.bottom + 34, x.label, 'middle'),
    text(FRAME.right + 12, FRAME.top, y.label, 'start'),
    ...series.flatMap((each, i) => curve(each, COLOURS[i % COLOURS.length]!, i, left, top)),
  ];
  return picture(FRAME.bottom + 44, title, parts);
}

function curve(
  { name, points }: Lines['series'][number],
  colour: string,
  place: number,
  left: (value: number) => number,
  top: (value: number) => number,
): string[] {
  const path = points.map(([x, y]) => `${at(left(x))} ${at(top(y))}`).join('L');
  const key = FRAME.top + 24 + place * 18;
  return [
    `<path d="M${path}" fill="none" stroke="${colour}" stroke-width="2"/>`,
    ...points.map(([x, y]) => `<circle cx="${at(left(x))}" cy="${at(top(y))}" r="3" fill="${colour}"/>`),
    `<rect x="${FRAME.right + 12}" y="${key - 9}" width="10" height="10" fill="${colour}"/>`,
    text(FRAME.right + 28, key, name, 'start'),
  ];
}
