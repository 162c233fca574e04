import { readFileSync } from 'node:fs';
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { describe, expect, test } from 'vitest';
import { labelsOf, metricType } from './catalogue.js';
import { panelQueries } from './dashboard-queries.js';
import { dashboards } from './dashboards/index.js';
import { parseQuery, withVariables } from './promql.js';

interface AnyPanel {
  id: number;
  type: string;
  title: string;
  description?: string;
  datasource?: { uid: string };
  fieldConfig?: {
    defaults: { unit?: string };
    overrides: { properties: { id: string; value: unknown }[] }[];
  };
  gridPos: { x: number; y: number; w: number; h: number };
  links?: { url: string }[];
  options?: { view?: string };
  targets?: { refId: string; legendFormat?: string; instant?: boolean; range?: boolean }[];
}

const panelsOf = (dashboard: Dashboard) => dashboard.panels as unknown as AnyPanel[];
const questionsOf = (dashboard: Dashboard) => panelsOf(dashboard).filter(({ type }) => type !== 'row');
const variablesOf = (dashboard: Dashboard) => dashboard.templating!.list!.map(({ name }) => name);
const all = [...dashboards.values()];
const byUid = new Map(all.map((dashboard) => [dashboard.uid!, dashboard]));
const everyPanel = all.flatMap((dashboard) =>
  questionsOf(dashboard).map((panel) => [dashboard.title!, panel.title, panel, dashboard] as const),
);

describe.for([...dashboards])('the dashboard %s', ([, dashboard]) => {
  test('can be provisioned: fixed uid, no id, no inputs, not editable', () => {
    expect(dashboard).toMatchObject({ uid: expect.stringMatching(/^trapline-/), id: null, editable: false });
    expect(dashboard).not.toHaveProperty('__inputs');
    expect(byUid.get(dashboard.uid!)).toBe(dashboard);
  });

  test('has the variables data source and host, perhaps VM; they are renewed with the time range', () => {
    const [source, ...queries] = dashboard.templating!.list!;
    expect(source).toMatchObject({ name: 'datasource', type: 'datasource', query: 'prometheus' });
    expect(['host', 'host vm']).toContain(queries.map(({ name }) => name).join(' '));
    for (const { query, refresh, type } of queries) {
      expect([type, refresh]).toEqual(['query', 2]);
      const [, selector, label] = /^label_values\((.*), (\w+)\)$/.exec((query as { query: string }).query)!;
      expect(labelsOf(parseQuery(withVariables(selector!, '1m')).selectors[0]!.metric)).toContain(label);
    }
  });

  test('numbers its panels, asks nothing twice, and lays all out without overlap inside 24 columns', () => {
    const panels = panelsOf(dashboard);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ title }) => title)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...panels.map(({ gridPos }) => gridPos.x + gridPos.w))).toBe(24);
  });

  test('names no data source but the chosen one', () => {
    const sources = [...JSON.stringify(dashboard).matchAll(/"datasource":(\{.*?"\}|"[^"]*")/g)].map(
      ([, source]) => source,
    );
    expect(new Set(sources)).toEqual(new Set(['{"type":"prometheus","uid":"${datasource}"}']));
  });
});

test('Grafana begins with a dashboard that exists', () => {
  const compose = readFileSync(new URL('../docker-compose.yml', import.meta.url), 'utf8');
  const [, home] = /HOME_DASHBOARD_PATH: \S+\/(\w+)\.json/.exec(compose)!;
  expect(dashboards.has(home!)).toBe(true);
});

test('the appliance is told by the panel of this repository, in each of its views', () => {
  const { id } = JSON.parse(
    readFileSync(new URL('../grafana-plugin/src/plugin.json', import.meta.url), 'utf8'),
  ) as { id: string };
  const own = everyPanel.map(([, , panel]) => panel).filter(({ type }) => type === id);
  // The panel knows what a query means by these names.
  expect(own.map(({ options, targets }) => [options!.view, targets!.map(({ refId }) => refId)])).toEqual([
    ['correlation', ['throughput', 'cost', 'loss', 'exits']],
    ['timeline', ['throughput', 'cost', 'loss', 'exits']],
    ['budget', ['throughput', 'payer', 'cores']],
    ['path', ['carried', 'dropped']],
  ]);
});

describe.for(everyPanel)('%s: %s', ([, title, panel, dashboard]) => {
  test('asks a question, explains itself and has a unit', () => {
    expect(title).toMatch(/^[A-Z].*\?$/);
    expect(panel.description).toMatch(/^[A-Z].*\.$/);
    // Grafana puts a space of its own between a number and the suffix.
    expect(panel.fieldConfig!.defaults.unit).toMatch(/^(?!suffix: )./);
  });

  test('reads the chosen data source', () => {
    expect(panel.datasource!.uid).toBe('${datasource}');
    if (panel.type !== 'alertlist') expect(panel.targets!.length).toBeGreaterThan(0);
  });

  test('leads on to dashboards that exist, by variables that they have', () => {
    const inside = panel.fieldConfig!.overrides.flatMap(({ properties }) =>
      properties.filter(({ id }) => id === 'links').flatMap(({ value }) => value as { url: string }[]),
    );
    expect(panel.links!.length).toBeGreaterThan(0);
    for (const { url } of [...panel.links!, ...inside]) {
      const [, uid, query] = /^\/d\/([\w-]+)\?(.*)$/.exec(url)!;
      const target = byUid.get(uid!)!;
      const given = [...query!.matchAll(/var-(\w+)=|\$\{(\w+):queryparam\}/g)];
      expect(variablesOf(target)).toEqual(expect.arrayContaining(given.map((match) => match[1] ?? match[2])));
      const kept = given.flatMap((match) => match[2] ?? []);
      expect(variablesOf(dashboard)).toEqual(expect.arrayContaining(kept));
    }
  });

  test('tells apart what it shows, by labels that the query leaves', () => {
    for (const { refId, legendFormat, instant } of panel.targets!) {
      if (instant) continue;
      const { expr } = panelQueries().find(
        (query) =>
          query.refId === refId &&
          query.panel === title &&
          byUid.get(dashboard.uid!) === dashboards.get(query.dashboard),
      )!;
      const query = parseQuery(withVariables(expr, '1m'));
      const left =
        query.grouping.length > 0
          ? query.grouping
          : query.selectors.flatMap(({ metric }) => labelsOf(metric)!);
      const named = [...(legendFormat ?? '').matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]);
      expect(legendFormat).toBeTruthy();
      expect(left).toEqual(expect.arrayContaining(named));
    }
  });
});

test.for(everyPanel.filter(([, , { type, targets }]) => type === 'table' && targets!.length > 1))(
  '%s: %s joins its queries, row by row',
  ([, title]) => {
    // Rows are joined where all common columns are alike, and the name of a metric is one of them.
    for (const { expr } of panelQueries().filter(({ panel }) => panel === title))
      expect(parseQuery(withVariables(expr, '1m')).grouping).not.toEqual([]);
  },
);

describe.for(panelQueries().map((query) => [query.dashboard, query.panel, query.refId, query.expr] as const))(
  '%s: %s (%s)',
  ([name, , , expr]) => {
    const query = parseQuery(withVariables(expr, '1m'));
    const written = parseQuery(expr.replaceAll('$__rate_interval', '1m'));

    test('asks for exported or recorded metrics by labels they have', () => {
      expect(query.selectors.length).toBeGreaterThan(0);
      for (const { metric, labels } of query.selectors)
        expect(labelsOf(metric)).toEqual(expect.arrayContaining(labels));
      const known = new Set(query.selectors.flatMap(({ metric }) => labelsOf(metric)!));
      expect(query.grouping.filter((label) => !known.has(label))).toEqual([]);
    });

    test('reads no more than the hosts and VMs that are chosen', () => {
      const chooseVm = variablesOf(dashboards.get(name)!).includes('vm');
      for (const { metric, text } of written.selectors) {
        expect(text).toContain('instance=~"$host"');
        if (chooseVm && labelsOf(metric)!.includes('vm')) expect(text).toMatch(/vm=~"\$vm\|?"/);
      }
    });

    test('takes rates of counters, of nothing else, and over $__rate_interval', () => {
      expect([...expr.matchAll(/\[(.*?)\]/g)].filter(([, range]) => range !== '$__rate_interval')).toEqual(
        [],
      );
      for (const { metric, text } of written.selectors) {
        const rated = expr.includes(`rate(${text}[`);
        expect([metric, rated]).toEqual([
          metric,
          metricType(metric) === 'counter' || metric.endsWith('_bucket'),
        ]);
      }
    });
  },
);
