import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { metricLabels } from './catalogue.js';
import { panelQueries } from './dashboard-queries.js';
import { appliance } from './dashboards/appliance.js';
import { parseQuery, withVariables } from './promql.js';

interface AnyPanel {
  id: number;
  type: string;
  title: string;
  description?: string;
  datasource?: { uid: string };
  fieldConfig?: { defaults: { unit?: string } };
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { refId: string; instant?: boolean }[];
}

const dashboard = appliance();
const panels = dashboard.panels as unknown as AnyPanel[];
const questions = panels.filter(({ type }) => type !== 'row');
const named = questions.map((panel) => [panel.title, panel] as const);

describe('the dashboard', () => {
  test('can be provisioned: fixed uid, no id, no inputs', () => {
    expect(dashboard).toMatchObject({ uid: 'trapline-appliance', id: null, editable: false });
    expect(dashboard).not.toHaveProperty('__inputs');
  });

  test('has the variables data source, host and VM, and its variables exist', () => {
    const variables = dashboard.templating!.list!;
    expect(variables.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'datasource datasource',
      'host query',
      'vm query',
    ]);
    for (const { query } of variables.slice(1)) {
      const [, selector, label] = /^label_values\((.*), (\w+)\)$/.exec((query as { query: string }).query)!;
      const { metric } = parseQuery(withVariables(selector!, '1m')).selectors[0]!;
      expect(metricLabels(metric)).toContain(label);
    }
  });

  test('numbers its panels and lays them out without overlap inside 24 columns', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...panels.map(({ gridPos }) => gridPos.x + gridPos.w))).toBe(24);
  });

  test('draws the capture cost with the panel of this repository', () => {
    const plugin = JSON.parse(
      readFileSync(new URL('../grafana-plugin/src/plugin.json', import.meta.url), 'utf8'),
    ) as { id: string };
    const [panel, ...others] = panels.filter(({ type }) => type === plugin.id);
    expect(others).toEqual([]);
    // The panel knows what a query means by these names.
    expect(panel!.targets!.map(({ refId }) => refId)).toEqual(['throughput', 'cost', 'loss', 'exits']);
  });
});

describe.for(named)('%s', ([title, panel]) => {
  test('asks a question, explains itself and has a unit', () => {
    expect(title).toMatch(/^[A-Z].*\?$/);
    expect(panel.description).toMatch(/^[A-Z].*\.$/);
    expect(panel.fieldConfig!.defaults.unit).toBeTruthy();
  });

  test('reads the chosen data source', () => {
    expect(panel.datasource!.uid).toBe('${datasource}');
  });
});

describe.for(panelQueries().map((query) => [`${query.panel} (${query.refId})`, query.expr] as const))(
  '%s',
  ([, expr]) => {
    const query = parseQuery(withVariables(expr, '1m'));

    test('asks for exported metrics by labels they have', () => {
      expect(query.selectors.length).toBeGreaterThan(0);
      for (const { metric, labels } of query.selectors) {
        expect(metricLabels(metric)).toEqual(expect.arrayContaining(labels));
      }
      const known = new Set(query.selectors.flatMap(({ metric }) => metricLabels(metric)!));
      expect(query.grouping.filter((label) => !known.has(label))).toEqual([]);
    });

    test('is narrowed by host, and takes rates over $__rate_interval', () => {
      expect(query.selectors.filter(({ labels }) => !labels.includes('instance'))).toEqual([]);
      expect([...expr.matchAll(/\[(.*?)\]/g)].filter(([, range]) => range !== '$__rate_interval')).toEqual(
        [],
      );
    });
  },
);
