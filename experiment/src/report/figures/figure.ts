/** A figure: what it shows in words, its parts side by side, a legend, and its numbers as a table. */
import { type Markup, markup } from '../markup.js';
import type { Color } from '../palette.js';

/** Units of every drawing's coordinate system; a drawing is never stretched much beyond as many pixels, so that letters keep their size. */
export const WIDTH = 480;

export interface LegendEntry {
  name: string;
  color: Color;
  /** How it is marked; a filled square where nothing is said. */
  mark?: 'square' | 'dot' | 'ring' | 'dash' | 'diamond';
}

/** A drawing with what stands over it. */
export interface Facet {
  title: string;
  drawing: Markup;
}

export interface Table {
  head: readonly string[];
  /** The first cells of a row, as many as `keys`, say what the row is about. */
  keys: number;
  rows: readonly (readonly string[])[];
  /** Nothing in it is a number to be compared with those above and below. */
  plain?: boolean;
}

export interface Figure {
  id: string;
  title: string;
  /** What there is to be seen, and how to read it. */
  caption: Markup;
  legend: readonly LegendEntry[];
  facets: readonly Facet[];
  table: Table;
}

export function figure({ id, title, caption, legend, facets, table }: Figure): Markup {
  return markup`<figure id="${id}">
<figcaption><h3>${title}</h3><p>${caption}</p></figcaption>
${legend.length > 0 && legendOf(legend)}
<div class="facets">${facets.map(facetOf)}</div>
<details><summary>The numbers of “${title}”</summary>${tableOf(table, title)}</details>
</figure>
`;
}

const legendOf = (entries: readonly LegendEntry[]): Markup =>
  markup`<ul class="legend">${entries.map(
    ({ name, color, mark = 'square' }) => markup`<li style="${color}"><i class="${mark}"></i>${name}</li>`,
  )}</ul>`;

const facetOf = ({ title, drawing }: Facet): Markup =>
  markup`<div class="facet">${title !== '' && markup`<h4>${title}</h4>`}${drawing}</div>`;

/** A table that can be scrolled sideways, also by keyboard. */
export function tableOf({ head, keys, rows, plain = false }: Table, label: string): Markup {
  const number = (column: number) => column >= keys && !plain && markup` class="number"`;
  const cell = (text: string, column: number) =>
    column < keys ? markup`<th scope="row">${text}</th>` : markup`<td${number(column)}>${text}</td>`;
  return markup`<div class="scroll" role="region" aria-label="${label}" tabindex="0"><table>
<thead><tr>${head.map((text, column) => markup`<th scope="col"${number(column)}>${text}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) => markup`<tr>${row.map(cell)}</tr>
`,
  )}</tbody></table></div>`;
}

/** A drawing; `says` is for those who do not see it. */
export function drawing(height: number, says: string, content: readonly Markup[]): Markup {
  return markup`<svg viewBox="0 0 ${WIDTH} ${Math.ceil(height)}" role="img" aria-label="${says}">${content}</svg>`;
}

/** A coordinate; a tenth of a unit is finer than any screen. */
export const round = (value: number): string => String(Number(value.toFixed(1)));
