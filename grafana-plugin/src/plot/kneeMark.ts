import type uPlot from 'uplot';
import type { Knee } from '../statistics/knee';
import { element, hasRoomForText, write } from './overlay';

const RADIUS = 8;
/** Half a circle, to a point given as a distance. */
const ARC = `a${RADIUS} ${RADIUS} 0 0 1`;

/** The knee: a ring on the bent line, a line down to its throughput, and its name. */
export function kneeElements(
  plot: uPlot,
  { x, y }: Knee,
  label: string,
  color: string,
  halo: string,
): SVGElement[] {
  const left = plot.valToPos(x, 'x');
  const top = plot.valToPos(y, 'y');
  const { clientWidth, clientHeight } = plot.over;
  const atRight = left > 0.6 * clientWidth;
  const ring = {
    d: `M${left - RADIUS} ${top}${ARC} ${2 * RADIUS} 0${ARC} ${-2 * RADIUS} 0`,
    fill: 'none',
  };
  return [
    element('line', {
      x1: left,
      x2: left,
      y1: top + RADIUS,
      y2: clientHeight,
      stroke: color,
      'stroke-width': 1.5,
      'stroke-dasharray': '2 4',
    }),
    element('path', { ...ring, stroke: halo, 'stroke-width': 5 }),
    element('path', { ...ring, stroke: color, 'stroke-width': 2, 'data-knee': x }),
    ...(hasRoomForText(plot)
      ? [
          write(label, {
            x: left + (atRight ? -8 : 8),
            y: clientHeight - 10,
            anchor: atRight ? 'end' : 'start',
            color,
            halo,
          }),
        ]
      : []),
  ];
}
