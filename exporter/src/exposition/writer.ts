import { Registry } from 'prom-client';
import type { Family } from './family.js';
import { PIECE } from './series_text.js';

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
  const chunks: Buffer[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') chunks.push(Buffer.from(text));
    text = '';
  };
  for (const { metric, series } of families) {
    const said = series.filter(({ empty }) => !empty);
    if (said.length === 0) continue;
    text += `${chunks.length + text.length > 0 && format === 'text' ? '\n' : ''}${header(metric, format)}`;
    for (const { pieces, rest } of said) {
      if (pieces.length > 0) flush();
      chunks.push(...pieces);
      text += rest;
      if (text.length >= PIECE) flush();
    }
  }
  if (format === 'openmetrics') text += '# EOF\n';
  flush();
  return chunks;
}

/** OpenMetrics names the family of a counter without its suffix. */
function header({ name, help, type }: Family['metric'], format: Format): string {
  const family = format === 'openmetrics' && type === 'counter' ? name.replace(/_total$/, '') : name;
  return `# HELP ${family} ${help}\n# TYPE ${family} ${type}\n`;
}
