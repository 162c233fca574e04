import type uPlot from 'uplot';
import type { Line } from '../statistics/leastSquares';

/** A fitted line to draw over the points it rests on. */
export interface DrawnLine {
  readonly line: Line;
  /** Whose line it is; empty for the one line of all points. */
  readonly name: string;
  readonly color: string;
  /** Text beside the line; empty for none. */
  readonly label: string;
  /** Throughput range of the points: the line does not claim more. */
  readonly from: number;
  readonly to: number;
}

const SVG = 'http://www.w3.org/2000/svg';

/**
 * Draws lines as SVG over the plotting area: crisp at any zoom, and part of the document, where its end points can be
 * read. `data-scales` holds the axes' ranges (x from, x to, y from, y to) that the pixels refer to.
 */
export function drawFitLines(plot: uPlot, lines: readonly DrawnLine[], halo: string): void {
  const svg = plot.over.querySelector<SVGSVGElement>('svg[data-fit]') ?? addSvg(plot.over);
  const { x, y } = plot.scales;
  svg.dataset['scales'] = [x?.min, x?.max, y?.min, y?.max].join(' ');
  svg.replaceChildren(...lines.flatMap((drawn) => elementsOf(plot, drawn, halo)));
}

function addSvg(over: HTMLElement): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.dataset['fit'] = '';
  svg.setAttribute('aria-hidden', 'true');
  // Set one by one: a style attribute would be refused where the page allows no inline style.
  Object.assign(svg.style, {
    position: 'absolute',
    inset: '0',
    width: '100%',
    height: '100%',
    overflow: 'hidden',
    pointerEvents: 'none',
  });
  over.append(svg);
  return svg;
}

function elementsOf(
  plot: uPlot,
  { line, name, color, label, from, to }: DrawnLine,
  halo: string,
): SVGElement[] {
  const place = (value: number) => ({
    x: plot.valToPos(value, 'x'),
    y: plot.valToPos(line.slope * value + line.intercept, 'y'),
  });
  const begin = place(from);
  const end = place(to);
  const ends = { x1: begin.x, y1: begin.y, x2: end.x, y2: end.y };
  const under = element('line', { ...ends, stroke: halo, 'stroke-width': 4, 'stroke-opacity': 0.6 });
  const over = element('line', { ...ends, stroke: color, 'stroke-width': 2, 'data-line': name });
  return label ? [under, over, text(begin, end, label, color, halo)] : [under, over];
}

/** The label lies above the line's upper end, or below it where the plot ends. */
function text(
  begin: { x: number; y: number },
  end: { x: number; y: number },
  label: string,
  color: string,
  halo: string,
): SVGElement {
  const rises = end.y <= begin.y;
  const share = 0.72;
  const x = begin.x + (end.x - begin.x) * share;
  const y = begin.y + (end.y - begin.y) * share;
  const above = y > 28;
  const node = element('text', {
    x: above === rises ? x - 10 : x + 10,
    y: above ? y - 10 : y + 20,
    fill: color,
    stroke: halo,
    'stroke-width': 4,
    'stroke-linejoin': 'round',
    'paint-order': 'stroke',
    'text-anchor': above === rises ? 'end' : 'start',
    'font-size': 13,
    'font-weight': 500,
  });
  node.textContent = label;
  return node;
}

function element(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    node.setAttribute(key, String(value));
  }
  return node;
}
