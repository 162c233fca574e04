/** What /metrics said at one moment. */

interface Sample {
  labels: ReadonlyMap<string, string>;
  value: number;
}

type Labels = Readonly<Record<string, string>>;

/** The text of a scrape, to be asked for sums. */
export class Scrape {
  readonly #samples = new Map<string, Sample[]>();

  constructor(text: string) {
    for (const line of text.split('\n')) {
      const [, name, list, value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
      if (name === undefined) continue;
      const labels = [...(list ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
      const sample = { labels: new Map(labels.map(([, key, text]) => [key!, text!])), value: Number(value) };
      const known = this.#samples.get(name);
      if (known) known.push(sample);
      else this.#samples.set(name, [sample]);
    }
  }

  /** The sum of a metric's samples that carry all the given labels; zero without any. */
  sum(metric: string, labels: Labels = {}): number {
    return this.#find(metric, labels).reduce((sum, { value }) => sum + value, 0);
  }

  /** The same for each value of one label; empty without any. */
  sumBy(label: string, metric: string, labels: Labels = {}): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const sample of this.#find(metric, labels)) {
      const value = sample.labels.get(label) ?? '';
      sums[value] = (sums[value] ?? 0) + sample.value;
    }
    return sums;
  }

  /** What a label of such samples is; empty without any. */
  values(label: string, metric: string, labels: Labels = {}): string[] {
    return [...new Set(this.#find(metric, labels).flatMap((sample) => sample.labels.get(label) ?? []))];
  }

  #find(metric: string, wanted: Labels): Sample[] {
    const entries = Object.entries(wanted);
    const samples = this.#samples.get(metric) ?? [];
    return samples.filter(({ labels }) => entries.every(([key, value]) => labels.get(key) === value));
  }
}
