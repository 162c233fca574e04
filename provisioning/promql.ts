import { parser } from '@prometheus-io/lezer-promql';

/** What a query asks for, as far as a check needs to know. */
export interface Query {
  /** Each selector: the metric, the labels its matchers name, and the whole as written. */
  selectors: { metric: string; labels: string[]; text: string }[];
  /** Labels of every `by (…)`. */
  grouping: string[];
  /** Ranges as written, `[1m]` gives `1m`. */
  ranges: string[];
}

/**
 * Parses a query.
 * @throws Error with the text at which the grammar fails.
 */
export function parseQuery(text: string): Query {
  const query: Query = { selectors: [], grouping: [], ranges: [] };
  parser.parse(text).iterate({
    enter(node) {
      const written = text.slice(node.from, node.to);
      if (node.type.isError)
        throw new Error(`not PromQL at "${text.slice(node.from, node.from + 20)}": ${text}`);
      if (node.name === 'VectorSelector') query.selectors.push({ metric: '', labels: [], text: written });
      if (node.name === 'Identifier' && node.node.parent?.name === 'VectorSelector')
        query.selectors.at(-1)!.metric = written;
      if (node.name === 'LabelName') namesOf(query, node.node.parent?.name).push(written);
      if (node.name === 'MatrixSelector') query.ranges.push(written.slice(written.lastIndexOf('[') + 1, -1));
    },
  });
  return query;
}

function namesOf(query: Query, parent: string | undefined): string[] {
  return parent === 'GroupingLabels' ? query.grouping : query.selectors.at(-1)!.labels;
}

/** What is chosen at the top of a dashboard; without names, *All*. */
export type Chosen = Partial<Record<'host' | 'vm', readonly string[]>>;

/**
 * A dashboard's query as Grafana would send it.
 * @param rateInterval what Grafana puts for `$__rate_interval`: four scrapes at least.
 */
export function withVariables(expr: string, rateInterval: string, chosen: Chosen = {}): string {
  return expr
    .replaceAll('$__rate_interval', rateInterval)
    .replaceAll(/\$(host|vm)\b/g, (_, name: 'host' | 'vm') => alternatives(chosen[name]));
}

/** Escaped as Grafana does it, once for the regular expression and once for the string it stands in. */
const alternatives = (names: readonly string[] | undefined): string =>
  names === undefined ? '.*' : `(${names.map(escaped).join('|')})`;

const escaped = (name: string): string =>
  name.replaceAll('\\', '\\\\\\\\').replaceAll(/[$^*{}[\]'+?.()|]/g, '\\\\$&');
