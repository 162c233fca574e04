/**
 * `npm run bench:report`: writes docs/performance.md and its pictures from bench/results, nothing else. The prose is in
 * bench/performance.md; a line `<!-- name.ground -->` there stands for that result, `<!-- goals -->` for all goals.
 */
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result, Table } from './bench.js';
import { figure, goalText, machineText, spread, textRows } from './format.js';
import { draw } from './plot.js';
import { kept } from './results.js';

const DOCS = join(import.meta.dirname, '../docs');
const IMAGES = join(DOCS, 'images');
const TEMPLATE = join(import.meta.dirname, 'performance.md');
/** Every picture of the document begins so, and no other does. */
const PICTURE = 'performance-';

/** The document, and its pictures by the names of their files. */
export interface Report {
  text: string;
  pictures: Map<string, string>;
}

export function report(template: string, results: readonly Result[]): Report {
  const pictures = new Map<string, string>();
  const byName = new Map(results.map((result) => [`${result.bench}.${result.ground}`, result]));
  const section = (name: string): string => {
    if (name === 'goals') return goals(results);
    const result = byName.get(name);
    if (!result) return 'Not measured yet.';
    for (const plot of result.plots) pictures.set(pictureOf(result, plot.name), draw(plot));
    return sectionOf(result);
  };
  const text = template.replace(/^<!-- ([\w.-]+) -->$/gm, (_, name: string) => section(name));
  return { text, pictures };
}

const pictureOf = ({ bench, ground }: Result, plot: string): string =>
  `${PICTURE}${bench}-${plot}-${ground}.svg`;

function sectionOf(result: Result): string {
  return [
    `*${machineText(result.machine)}*`,
    ...result.tables.map(markdown),
    ...result.notes,
    ...result.plots.map(({ name, title }) => `![${title}](images/${pictureOf(result, name)})`),
    result.goals.map((goal) => `- ${goal.met ? '✓' : '✗'} ${goalText(goal)}`).join('\n'),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function markdown(table: Table): string {
  const [heads, ...rows] = textRows(table);
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = `|---|${table.columns.map(() => '--:|').join('')}`;
  return [`**${table.title}** (${table.pairs} pairs)`, '', line(heads!), rule, ...rows.map(line)].join('\n');
}

function goals(results: readonly Result[]): string {
  const rows = results.flatMap(({ bench, ground, goals }) =>
    goals.map(({ what, bound, limit, measured, unit, met, before }) =>
      [
        what,
        `${bench} on ${ground}`,
        `${bound} ${figure(limit)} ${unit}`,
        spread(measured),
        before ? spread(before) : '–',
        met ? '✓' : '✗',
      ]
        .map((cell) => cell.trim())
        .join(' | '),
    ),
  );
  return [
    '| figure | measured by | goal | measured | by the run before | |',
    '|---|---|--:|--:|--:|---|',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}

/** What the results and the template give now. */
export const currentReport = (): Report => report(readFileSync(TEMPLATE, 'utf8'), kept());

/** What is in docs/. */
export function writtenReport(): Report {
  const pictures = readdirSync(IMAGES).filter((file) => file.startsWith(PICTURE));
  return {
    text: readFileSync(join(DOCS, 'performance.md'), 'utf8'),
    pictures: new Map(pictures.sort().map((file) => [file, readFileSync(join(IMAGES, file), 'utf8')])),
  };
}

export function writeReport(): void {
  const { text, pictures } = currentReport();
  for (const file of readdirSync(IMAGES).filter((each) => each.startsWith(PICTURE)))
    if (!pictures.has(file)) rmSync(join(IMAGES, file));
  for (const [file, picture] of pictures) writeFileSync(join(IMAGES, file), picture);
  writeFileSync(join(DOCS, 'performance.md'), text);
}
