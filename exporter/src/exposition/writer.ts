import { Registry } from 'prom-client';
import type { Family } from './family.js';
import { byteString, TextBytes } from './text_bytes.js';

/** `text` is Prometheus text 0.0.4, `openmetrics` is OpenMetrics 1.0.0. */
export type Format = 'text' | 'openmetrics';

const contentTypes = {
  text: Registry.PROMETHEUS_CONTENT_TYPE,
  openmetrics: Registry.OPENMETRICS_CONTENT_TYPE,
} as const;

/** The value of the Content-Type header for a format. */
export function contentType(format: Format): string {
  return contentTypes[format];
}

/** Families in the order given as one text, in pieces. Those without series are left out. */
export function render(families: Iterable<Family>, format: Format): Buffer[] {
  const text = new TextBytes();
  for (const { metric, series } of families) {
    if (series.every(({ empty }) => empty)) continue;
    if (!text.empty && format === 'text') text.write('\n');
    text.write(byteString(header(metric, format)));
    for (const piece of series.flatMap(({ pieces }) => pieces)) text.append(piece);
  }
  if (format === 'openmetrics') text.write('# EOF\n');
  return text.pieces;
}

/** OpenMetrics names the family of a counter without its suffix. */
function header({ name, help, type }: Family['metric'], format: Format): string {
  const family = format === 'openmetrics' && type === 'counter' ? name.replace(/_total$/, '') : name;
  return `# HELP ${family} ${help}\n# TYPE ${family} ${type}\n`;
}
