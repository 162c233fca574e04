import { exposition } from './target.js';

/** Labels Prometheus adds to everything it scrapes, and those of histogram buckets. */
const added = ['instance', 'job'];

const catalogue = new Map<string, string[]>();
for (const line of exposition(1).split('\n')) {
  const match = /^([a-z_]+)\{(.*)\} /.exec(line);
  if (match)
    catalogue.set(match[1]!, [...match[2]!.matchAll(/([a-z_]+)="/g)].map((label) => label[1]!).concat(added));
}

/** Every label the series of an exported metric may carry in Prometheus; undefined for what is not exported. */
export function metricLabels(metric: string): readonly string[] | undefined {
  return catalogue.get(metric);
}
