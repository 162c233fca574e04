/** Ways to write the same series. Each is made once with all of them and then asked for their text, as by a scrape. */
import { Counter, Histogram, Registry } from 'prom-client';
import { Collection, linesOf } from '../../exporter/src/exposition/collection.js';
import type { MetricDefinition } from '../../exporter/src/exposition/metric.js';
import { lineStarts } from '../../exporter/src/exposition/series_lines.js';
import { SeriesText } from '../../exporter/src/exposition/series_text.js';
import { render } from '../../exporter/src/exposition/writer.js';
import { exitDuration, exits, exitSeconds, say } from './series.js';

const lengthOf = (pieces: readonly Buffer[]): number => pieces.reduce((sum, { length }) => sum + length, 0);

/** Returns the bytes of the text. */
export type Scrape = () => Promise<number> | number;

export const writers: Readonly<Record<string, (vms: number) => Scrape>> = {
  /** The labels are text already, as prom-client's are set already. */
  trapline_writer(vms) {
    const metrics = [exits, exitSeconds, exitDuration];
    const said: ((texts: Map<MetricDefinition, SeriesText>) => void)[] = [];
    say(vms, {
      sample(metric, values, value) {
        const starts = lineStarts(metric, values);
        said.push((texts) => texts.get(metric)!.sample(starts, value));
      },
      histogram(metric, values, counts, sum) {
        const starts = lineStarts(metric, values);
        said.push((texts) => texts.get(metric)!.histogram(starts, counts, sum));
      },
    });
    return () => {
      const texts = new Map(metrics.map((metric) => [metric, new SeriesText()]));
      for (const write of said) write(texts);
      const families = Array.from(texts, ([metric, text]) => ({ metric, series: [text] }));
      return lengthOf(render(families, 'text'));
    };
  },

  trapline(vms) {
    const lines = linesOf([exits, exitSeconds, exitDuration]);
    return () => {
      const collection = new Collection(lines);
      say(vms, collection);
      return lengthOf(render(collection.families, 'text'));
    };
  },

  /** prom-client keeps its series from scrape to scrape: what it takes to set them is not counted against it. */
  prom_client(vms) {
    const registry = new Registry();
    const registers = [registry];
    const counters = new Map(
      [exits, exitSeconds].map(({ name, help, labels }) => [
        name,
        new Counter({ name, help, labelNames: [...labels], registers }),
      ]),
    );
    const { name, help, labels, buckets } = exitDuration;
    const durations = new Histogram({
      name,
      help,
      labelNames: [...labels],
      buckets: [...buckets!],
      registers,
    });
    say(vms, {
      sample: ({ name, labels }, values, value) =>
        counters.get(name)!.inc(Object.fromEntries(labels.map((label, i) => [label, values[i]!])), value),
      histogram: (_, [vm]) => durations.observe({ vm: vm! }, 0.001),
    });
    return async () => Buffer.byteLength(await registry.metrics());
  },
};
