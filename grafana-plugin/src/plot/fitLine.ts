import type uPlot from 'uplot';
import type { StraightLine } from '../statistics/leastSquares';
import { element, hasRoomForText, write } from './overlay';

/** A fitted line to draw over the points it rests on. */
export interface DrawnLine {
  readonly line: Pick<StraightLine, 'slope' | 'intercept'>;
  /** Whose line it is; empty for the one line of all points. */
  readonly name: string;
  readonly color: string;
  /** Told apart from another line of the same points. */
  readonly dashed: boolean;
  /** Text beside the line; empty for none. */
  readonly label: string;
  /** Throughput range of the points: the line does not claim more. */
  readonly from: number;
  readonly to: number;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** Parts in which a line is drawn that a logarithmic axis bends. */
const PARTS = 48;

/** A line with a halo, and its label. */
export function lineElements(plot: uPlot, drawn: DrawnLine, halo: string): SVGElement[] {
  const places = placesOf(plot, drawn);
  const d = places.map(({ x, y }, i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join('');
  const common = { d, fill: 'none', 'stroke-linejoin': 'round' };
  const under = element('path', { ...common, stroke: halo, 'stroke-width': 4, 'stroke-opacity': 0.6 });
  const over = element('path', {
    ...common,
    stroke: drawn.color,
    'stroke-width': 2,
    'data-line': drawn.name,
    ...(drawn.dashed ? { 'stroke-dasharray': '7 5' } : {}),
  });
  return drawn.label && places.length > 1 && hasRoomForText(plot)
    ? [under, over, label(places, drawn, halo)]
    : [under, over];
}

/** Where the line goes, in CSS pixels; a logarithmic axis bends it and has no place for what is not above nought. */
function placesOf(plot: uPlot, { line, from, to }: DrawnLine): Place[] {
  const [logX, logY] = [plot.scales['x']!.distr === 3, plot.scales['y']!.distr === 3];
  const parts = logX || logY ? PARTS : 1;
  return Array.from({ length: parts + 1 }, (_, i) => {
    const value = logX ? from * (to / from) ** (i / parts) : from + ((to - from) * i) / parts;
    return { value, height: line.slope * value + line.intercept };
  })
    .filter(({ height }) => !logY || height > 0)
    .map(({ value, height }) => ({ x: plot.valToPos(value, 'x'), y: plot.valToPos(height, 'y') }));
}

/** The label lies above the line's upper end, or below it where the plot ends. */
function label(places: readonly Place[], { label: content, color }: DrawnLine, halo: string): SVGElement {
  const share = (places.length - 1) * 0.72;
  const [begin, end] = [places[Math.floor(share)]!, places[Math.floor(share) + 1]!];
  const rest = share - Math.floor(share);
  const x = begin.x + (end.x - begin.x) * rest;
  const y = begin.y + (end.y - begin.y) * rest;
  const rises = end.y <= begin.y;
  const above = y > 28;
  return write(content, {
    x: above === rises ? x - 10 : x + 10,
    y: above ? y - 10 : y + 20,
    anchor: above === rises ? 'end' : 'start',
    color,
    halo,
  });
}
