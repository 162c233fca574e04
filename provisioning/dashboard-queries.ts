import { dashboards } from './dashboards/index.js';
import { withVariables } from './promql.js';

/** A query of a panel, as written in a dashboard. */
export interface PanelQuery {
  dashboard: string;
  panel: string;
  refId: string;
  expr: string;
}

interface Target {
  refId: string;
  expr: string;
}

/** Every query of every panel of every shipped dashboard, and of the marks on them. */
export function panelQueries(): PanelQuery[] {
  return [...dashboards].flatMap(([name, { panels, annotations }]) => [
    ...(annotations?.list ?? []).map(({ name: mark, target }) => ({
      dashboard: name,
      panel: `marks of ${mark}`,
      ...(target as unknown as Target),
    })),
    ...panels!.flatMap((panel) =>
      ('targets' in panel ? (panel.targets as unknown as Target[]) : []).map(({ refId, expr }) => ({
        dashboard: name,
        panel: panel.title ?? '',
        refId,
        expr,
      })),
    ),
  ]);
}

/**
 * The same as a browser would send them with all hosts and VMs chosen.
 * @param rateInterval what Grafana puts for `$__rate_interval`: ten seconds suit a scrape every second.
 */
export function sentQueries(rateInterval = '10s'): PanelQuery[] {
  return panelQueries().map((query) => ({ ...query, expr: withVariables(query.expr, rateInterval) }));
}
