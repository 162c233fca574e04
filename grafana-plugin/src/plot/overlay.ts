import type uPlot from 'uplot';

/**
 * Marks as SVG over the plotting area: crisp at any zoom, and part of the document, where their places can be read.
 * `data-scales` holds the axes' ranges (x from, x to, y from, y to) that the pixels refer to.
 */
export function overlayOf(plot: uPlot): SVGSVGElement {
  const svg = plot.over.querySelector<SVGSVGElement>('svg[data-fit]') ?? addSvg(plot.over);
  const { x, y } = plot.scales;
  svg.dataset['scales'] = [x?.min, x?.max, y?.min, y?.max].join(' ');
  return svg;
}

function addSvg(over: HTMLElement): SVGSVGElement {
  const svg = element('svg', { 'aria-hidden': 'true', 'data-fit': '' }) as SVGSVGElement;
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

/** An SVG element with these attributes. */
export function element(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const node = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) {
    node.setAttribute(key, String(value));
  }
  return node;
}

/** CSS pixels below which text would cover the points; what it says stands in the legend too. */
const LOWEST = 140;

/** Whether marks may carry text. */
export function hasRoomForText({ over }: uPlot): boolean {
  return over.clientHeight >= LOWEST;
}

interface Writing {
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'middle' | 'end';
  readonly color: string;
  /** Lies around the letters, so that they can be read on points. */
  readonly halo: string;
}

/** A short text in the picture. */
export function write(content: string, { x, y, anchor, color, halo }: Writing): SVGElement {
  const node = element('text', {
    x,
    y,
    fill: color,
    stroke: halo,
    'stroke-width': 4,
    'stroke-linejoin': 'round',
    'paint-order': 'stroke',
    'text-anchor': anchor,
    'font-size': 13,
    'font-weight': 500,
  });
  node.textContent = content;
  return node;
}
