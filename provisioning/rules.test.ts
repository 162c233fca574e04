import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { alerts, runbookOf, secondsOf } from './alerts/index.js';
import { labelsOf } from './catalogue.js';
import { DATASOURCE_UID, grafanaAlerting, grafanaPolicies } from './grafana.js';
import { alertFile } from './prometheus.js';
import { parseQuery } from './promql.js';
import { recordingRules } from './rules/index.js';

interface GrafanaRule {
  uid: string;
  title: string;
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

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const recorded = recordingRules.map(({ record }) => record);

describe.for(recordingRules.map((rule) => [rule.record, rule] as const))('%s', ([record, rule]) => {
  test('says its labels, what it measures and how', () => {
    expect(record).toMatch(/^[a-z_]+:trapline_[a-z_]+:[a-z0-9_]+$/);
    expect(record.split(':')[0]!.split('_')).toEqual(expect.arrayContaining(Object.keys(rule.labels ?? {})));
    expect(rule.help).toMatch(/^[A-Z].*\.$/);
  });

  test('uses exported metrics, by labels they have, and rules before it', () => {
    for (const { metric, labels } of parseQuery(rule.expr).selectors) {
      expect(labelsOf(metric)).toEqual(expect.arrayContaining(labels));
      if (recorded.includes(metric)) expect(recorded.indexOf(metric)).toBeLessThan(recorded.indexOf(record));
    }
  });
});

describe.for(alerts.map((alert) => [alert.name, alert.severity, alert] as const))(
  '%s (%s)',
  ([, , alert]) => {
    const { value, summary, description, name } = alert;
    const texts: Record<string, string> = {};
    const label = (wanted: string) => (texts[wanted] = `<${wanted}>`);
    const optional = (before: string, wanted: string, after: string) => before + label(wanted) + after;
    const template = {
      label,
      optional,
      ...{ percentage: '<v>', number: '<v>', decimal: '<v>', answering: '<answering>' },
    };

    test('judges what is exported or recorded', () => {
      for (const { metric, labels } of parseQuery(value).selectors)
        expect(labelsOf(metric)).toEqual(expect.arrayContaining(labels));
    });

    test('says where, and by labels that what it judges may have', () => {
      const text = summary(template) + description(template);
      expect(text).toContain('<instance>');
      const known = parseQuery(value).selectors.flatMap(({ metric }) => labelsOf(metric)!);
      expect(known).toEqual(expect.arrayContaining(Object.keys(texts).filter((wanted) => wanted !== 'vm')));
    });

    test('links to the page of an exporter, or to another runbook that was set once', () => {
      const anchor = name.toLowerCase();
      const host = alert.silent ? '<answering>' : '<instance>';
      expect(runbookOf(alert, template)).toBe(`http://${host}/runbook#${anchor}`);
      const elsewhere = 'https://wiki.example/trapline';
      for (const file of [alertFile(undefined, elsewhere), grafanaAlerting(elsewhere)])
        expect(file).toContain(`runbook_url: ${elsewhere}#${anchor}\n`);
    });

    test('has its section in the runbook: what it means, how to confirm it, what to change', () => {
      const sections = read('../docs/runbook.md').split(/^## /m);
      const section = sections.find((text) => text.startsWith(`${name}\n`));
      expect(section).toContain('**Meaning.**');
      expect(section).toContain('**Confirm.**');
      expect(section).toContain('**Change.**');
    });
  },
);

describe('Grafana', () => {
  const { groups } = parse(grafanaAlerting()) as { groups: { rules: GrafanaRule[] }[] };
  const rules = groups.flatMap((group) => group.rules);
  const evaluatorOf = (rule: GrafanaRule) =>
    rule.data.find(({ refId }) => refId === rule.condition)!.model.conditions[0]!.evaluator;

  test('has the alerts of Prometheus, one by one', () => {
    expect(
      rules.map((rule) => [
        rule.title,
        rule.for,
        rule.keepFiringFor,
        rule.data[0]!.model.expr,
        evaluatorOf(rule).params[0],
      ]),
    ).toEqual(
      alerts.map((alert) => [
        `${alert.name} (${alert.severity})`,
        alert.for,
        alert.keepFiringFor,
        alert.value,
        alert.threshold,
      ]),
    );
  });

  test('ends the warning where the page begins, since it inhibits nothing', () => {
    const loss = rules.filter(({ title }) => title.startsWith('TraplineCaptureLoss'));
    expect(loss.map(evaluatorOf)).toEqual([
      { type: 'within_range', params: [0.01, 0.05] },
      { type: 'gt', params: [0.05] },
    ]);
  });

  test('groups as Alertmanager does', () => {
    const { route } = parse(read('alertmanager/alertmanager.yml')) as { route: Record<string, unknown> };
    const [policy] = (parse(grafanaPolicies()) as { policies: Record<string, unknown>[] }).policies;
    expect({ ...policy, orgId: undefined, receiver: undefined }).toEqual({ ...route, receiver: undefined });
  });

  test('asks the provisioned data source', () => {
    const { datasources } = parse(read('grafana/datasources/trapline.yml')) as {
      datasources: { uid: string }[];
    };
    expect(datasources[0]!.uid).toBe(DATASOURCE_UID);
    expect(new Set(rules.map(({ data }) => data[0]!.datasourceUid))).toEqual(new Set([DATASOURCE_UID]));
  });

  test('finds uids of its own, short enough, and the dollar that it would expand escaped', () => {
    expect(new Set(rules.map(({ uid }) => uid)).size).toBe(rules.length);
    expect(rules.filter(({ uid }) => uid.length > 40)).toEqual([]);
    const texts = rules.flatMap(({ annotations }) => Object.values(annotations));
    expect(texts.filter((text) => /(?<!\$)\$(?!\$)[a-z]/.test(text))).toEqual([]);
  });
});

test('what a measured loss holds back does not outlive it', () => {
  const keeps = (names: readonly string[]) =>
    alerts.filter(({ name }) => names.includes(name)).map(({ keepFiringFor }) => secondsOf(keepFiringFor));
  const [, list] = /alertname=~"Trapline\((TapDrops.*?)\)"/.exec(read('alertmanager/alertmanager.yml'))!;
  const held = list!.split('|').map((end) => `Trapline${end}`);
  const [warning, page] = keeps(['TraplineCaptureLoss']);
  expect(warning!).toBeLessThan(page!);
  expect(Math.max(...keeps(held))).toBeLessThan(warning!);
});

test('inhibition names alerts that exist', () => {
  const names = [...read('alertmanager/alertmanager.yml').matchAll(/alertname=~?"([^"]+)"/g)].flatMap(
    ([, text]) => {
      const [, prefix, list] = /^(\w+)\((.*)\)$/.exec(text!) ?? [text, text, ''];
      return list!.split('|').map((end) => prefix! + end);
    },
  );
  expect(names.length).toBeGreaterThan(10);
  expect(alerts.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
});
