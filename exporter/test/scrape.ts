/** One series of a scrape. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** Reads the Prometheus text format. Throws on a line that it does not allow. */
export function parseScrape(text: string): Sample[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map(parseLine);
}

function parseLine(line: string): Sample {
  const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/s.exec(line);
  if (!match) throw new Error(`not a sample: ${line}`);
  const labels: Record<string, string> = {};
  const pairs = /([a-zA-Z_]\w*)="((?:[^"\\]|\\["\\n])*)",?/gy;
  const text = match[2] ?? '';
  while (pairs.lastIndex < text.length) {
    const at = pairs.lastIndex;
    const pair = pairs.exec(text);
    if (!pair) throw new Error(`not a label at ${at}: ${line}`);
    labels[pair[1]!] = pair[2]!.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));
  }
  return { name: match[1]!, labels, value: Number(match[3]) };
}

/** A scrape that can be asked. */
export class Scrape {
  constructor(readonly samples: readonly Sample[]) {}

  /** The series of a metric whose labels include the wanted ones. */
  find(name: string, wanted: Record<string, string> = {}): Sample[] {
    const labels = Object.entries(wanted);
    return this.samples.filter(
      (sample) => sample.name === name && labels.every(([key, value]) => sample.labels[key] === value),
    );
  }

  /** The sum of these series; 0 where there is none. */
  sum(name: string, wanted: Record<string, string> = {}): number {
    return this.find(name, wanted).reduce((sum, { value }) => sum + value, 0);
  }
}

/** Counters, and parts of histograms, that are less in a scrape than in an earlier one. */
export function falls(scrapes: readonly Scrape[]): Sample[] {
  const seen = new Map<string, number>();
  return scrapes
    .flatMap(({ samples }) => samples)
    .filter(({ name, labels, value }) => {
      if (!/_(total|bucket|count|sum)$/.test(name)) return false;
      const series = JSON.stringify([name, labels]);
      const before = seen.get(series) ?? 0;
      seen.set(series, value);
      return value < before;
    });
}
