import { Document } from 'yaml';
import { type Alert, type AlertTemplate, alerts, runbookOf } from './alerts/index.js';
import { generatedFrom } from './prometheus.js';

/** The data source every provisioned file names; `grafana/datasources/trapline.yml` gives it this uid. */
export const DATASOURCE_UID = 'trapline-prometheus';

/** Who is told, under the name that Alertmanager's configuration has too. */
const OPERATOR = 'operator';

/** A `$` is doubled because Grafana replaces environment variables in provisioning files. */
const template: AlertTemplate = {
  label: (name) => `{{ $$labels.${name} }}`,
  optional: (before, name, after) => `{{ with $$labels.${name} }}${before}{{ . }}${after}{{ end }}`,
  percentage: '{{ humanizePercentage $$values.value.Value }}',
  number: '{{ humanize $$values.value.Value }}',
  decimal: '{{ printf "%.1f" $$values.value.Value }}',
  answering: '{{ $$labels.instance }}',
};

/**
 * The alerts in the shape Grafana's file provisioning reads. They read the series that the recording rules record.
 * @param runbook URL of the runbook where exporters do not show it.
 */
export function grafanaAlerting(runbook?: string): string {
  const rules = alerts.map((alert) => grafanaAlert(alert, runbook));
  return written({ groups: [{ orgId: 1, name: 'trapline', folder: 'Trapline', interval: '60s', rules }] });
}

/**
 * The same grouping and receiver as in `alertmanager/alertmanager.yml`. Grafana takes it in place of the whole tree it has.
 * The contact point is in the same file, because Grafana does not start with a policy whose receiver it lacks.
 */
export function grafanaPolicies(): string {
  return written({
    contactPoints: [
      {
        orgId: 1,
        name: OPERATOR,
        receivers: [
          { uid: 'trapline-operator', type: 'email', settings: { addresses: 'operator@localhost' } },
        ],
      },
    ],
    policies: [
      {
        orgId: 1,
        receiver: OPERATOR,
        group_by: ['instance', 'vm'],
        group_wait: '30s',
        group_interval: '5m',
        repeat_interval: '12h',
      },
    ],
  });
}

function written(content: object): string {
  const document = new Document({ apiVersion: 1, ...content });
  document.commentBefore = generatedFrom('alerts');
  return document.toString({ lineWidth: 0, singleQuote: true });
}

function grafanaAlert(alert: Alert, runbook?: string) {
  return {
    uid: `${kebab(alert.name)}-${alert.severity}`,
    title: `${alert.name} (${alert.severity})`,
    condition: 'judged',
    data: [instantQuery('value', alert.value), threshold('judged', 'value', evaluator(alert))],
    // Nothing to judge is the usual state of a quiet host.
    noDataState: 'OK',
    execErrState: 'Error',
    for: alert.for,
    keepFiringFor: alert.keepFiringFor,
    labels: { severity: alert.severity },
    annotations: {
      summary: alert.summary(template),
      description: alert.description(template),
      runbook_url: runbookOf(alert, template, runbook),
    },
  };
}

/** Grafana inhibits nothing: where a page takes over, its warning ends. */
function evaluator({ name, severity, threshold }: Alert) {
  const page = alerts.find((other) => other.name === name && other.severity === 'critical');
  return page && severity === 'warning'
    ? { type: 'within_range', params: [threshold, page.threshold] }
    : { type: 'gt', params: [threshold] };
}

const kebab = (name: string): string =>
  name.replaceAll(/(?<=.)[A-Z]/g, (capital) => `-${capital}`).toLowerCase();

function instantQuery(refId: string, expr: string) {
  return {
    refId,
    datasourceUid: DATASOURCE_UID,
    relativeTimeRange: { from: 60, to: 0 },
    model: { refId, expr, instant: true, range: false },
  };
}

function threshold(refId: string, expression: string, evaluator: object) {
  return {
    refId,
    datasourceUid: '__expr__',
    relativeTimeRange: { from: 60, to: 0 },
    model: { refId, type: 'threshold', expression, conditions: [{ evaluator }] },
  };
}
