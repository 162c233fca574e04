import { appliance } from './dashboards/appliance.js';
import { withVariables } from './promql.js';

/** A query of a panel, as written in the dashboard. */
export interface PanelQuery {
  panel: string;
  refId: string;
  expr: string;
}

interface Target {
  refId: string;
  expr: string;
}

/** Every query of every panel of the shipped dashboard. */
export function panelQueries(): PanelQuery[] {
  return appliance().panels!.flatMap((panel) =>
    ('targets' in panel ? (panel.targets as unknown as Target[]) : []).map(({ refId, expr }) => ({
      panel: panel.title ?? '',
      refId,
      expr,
    })),
  );
}

/** The same as a browser would send them with all hosts and VMs chosen and a scrape every second. */
export function sentQueries(): PanelQuery[] {
  return panelQueries().map((query) => ({ ...query, expr: withVariables(query.expr, '10s') }));
}
