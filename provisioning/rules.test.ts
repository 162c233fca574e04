import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { metricLabels } from './catalogue.js';
import { DATASOURCE_UID, grafanaAlerting } from './grafana.js';
import { parseQuery } from './promql.js';
import { alerts, recordingRules, withoutRecordedNames } from './rules.js';

interface GrafanaRule {
  uid: string;
  condition: string;
  for: string;
  keepFiringFor: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  data: { refId: string; datasourceUid: string; model: { expr: string; conditions: Condition[] } }[];
}

interface Condition {
  evaluator: { type: string; params: number[] };
}

const recorded = recordingRules.map(({ record }) => record);

describe('recording rules', () => {
  test.for(recordingRules.map(({ record, expr }) => [record, expr] as const))(
    '%s is named after the labels it keeps',
    ([record, expr]) => {
      const level = record.split(':')[0]!.split('_');
      const query = parseQuery(withoutRecordedNames(expr));
      expect(new Set(query.grouping)).toEqual(new Set([...query.grouping, ...level]));
      expect(record).toMatch(/^[a-z_]+:trapline_[a-z_]+:[a-z0-9_]+$/);
    },
  );

  test.for(recordingRules.map(({ record, expr }) => [record, expr] as const))(
    '%s uses exported metrics and rules before it',
    ([record, expr]) => {
      for (const { metric, labels } of parseQuery(expr).selectors) {
        const earlier = recorded.slice(0, recorded.indexOf(record)).includes(metric);
        expect(earlier || metricLabels(metric)).toBeTruthy();
        if (!earlier) expect(metricLabels(metric)).toEqual(expect.arrayContaining(labels));
      }
    },
  );
});

describe('Grafana alerts', () => {
  const { groups } = parse(grafanaAlerting()) as { groups: { rules: GrafanaRule[] }[] };
  const rules = groups.flatMap((group) => group.rules);

  test('are those of Prometheus, one by one', () => {
    expect(
      rules.map((rule) => ({
        severity: rule.labels.severity,
        for: rule.for,
        keepFiringFor: rule.keepFiringFor,
        evaluator: rule.data.find(({ refId }) => refId === rule.condition)!.model.conditions[0]!.evaluator,
      })),
    ).toEqual(
      alerts.map(({ severity, for: wait, keepFiringFor, threshold }) => ({
        severity,
        for: wait,
        keepFiringFor,
        evaluator: { type: 'gt', params: [threshold] },
      })),
    );
  });

  test('ask the provisioned data source for exported metrics only', () => {
    const datasource = readFileSync(new URL('grafana/datasources/trapline.yml', import.meta.url), 'utf8');
    expect((parse(datasource) as { datasources: { uid: string }[] }).datasources[0]!.uid).toBe(
      DATASOURCE_UID,
    );
    for (const rule of rules) {
      const [loss] = rule.data;
      expect(loss!.datasourceUid).toBe(DATASOURCE_UID);
      expect(parseQuery(loss!.model.expr).selectors.filter(({ metric }) => !metricLabels(metric))).toEqual(
        [],
      );
    }
  });

  test('have numbers of their own and escape the dollar Grafana would expand', () => {
    expect(new Set(rules.map(({ uid }) => uid)).size).toBe(rules.length);
    const texts = rules.flatMap(({ annotations }) => Object.values(annotations));
    expect(texts.filter((text) => /(?<!\$)\$(?!\$)[a-z]/.test(text))).toEqual([]);
  });
});

test('every alert has its section in the runbook', () => {
  const headings = readFileSync(new URL('../docs/runbook.md', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('## '))
    .map((line) => line.slice(3).toLowerCase());
  for (const { runbook } of alerts) expect(headings).toContain(runbook.split('#')[1]);
});
