import { Registry } from 'prom-client';
import { Breath } from './breath.js';
import type { Family, Point } from './family.js';

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

/** Characters that are written at a stretch: about a millisecond's work. */
const CHUNK = 1 << 16;

/**
 * Writes families in the order given, byte for byte as prom-client would, but for NaN, which that spells `Nan`. prom-client
 * itself takes an object for each series and holds up the event loop until the last one is written. Families without points
 * are left out.
 */
export async function render(families: Iterable<Family>, format: Format): Promise<Buffer[]> {
  const breath = new Breath();
  const chunks: Buffer[] = [];
  let text = '';
  const flush = (): void => {
    if (text !== '') chunks.push(Buffer.from(text));
    text = '';
  };
  for (const family of families) {
    if (family.points.length === 0) continue;
    const write = pointWriter(family);
    text += `${chunks.length + text.length > 0 && format === 'text' ? '\n' : ''}${header(family, format)}`;
    for (const point of family.points) {
      text += write(point);
      if (text.length < CHUNK) continue;
      flush();
      await breath.take();
    }
  }
  if (format === 'openmetrics') text += '# EOF\n';
  flush();
  return chunks;
}

/** OpenMetrics names the family of a counter without its suffix. */
function header({ metric: { name, help, type } }: Family, format: Format): string {
  const family = format === 'openmetrics' && type === 'counter' ? name.replace(/_total$/, '') : name;
  return `# HELP ${family} ${help}\n# TYPE ${family} ${type}\n`;
}

function pointWriter({ metric: { name, labels, buckets = [] } }: Family): (point: Point) => string {
  const [open, close, next] = labels.length === 0 ? ['', '', ''] : ['{', '}', ','];
  const starts = [...buckets, '+Inf'].map((bound) => `${name}_bucket{le="${bound}"${next}`);
  return (point) => {
    const braced = open + point.labels + close;
    if ('value' in point) return `${name}${braced} ${number(point.value)}\n`;
    let text = '';
    let count = 0;
    for (let i = 0; i < starts.length; i++)
      text += `${starts[i]}${point.labels}} ${number((count += point.counts[i]!))}\n`;
    return `${text}${name}_sum${braced} ${number(point.sum)}\n${name}_count${braced} ${number(count)}\n`;
  };
}

/** As both formats write numbers: Go's, which differ from JavaScript's in the infinities only. */
function number(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
