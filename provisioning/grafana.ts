import { Document } from 'yaml';
import { GENERATED } from './prometheus.js';
import { type Alert, type AlertTemplate, alerts, withoutRecordedNames } from './rules.js';

/** The data source every provisioned file names; `grafana/datasources/trapline.yml` gives it this uid. */
export const DATASOURCE_UID = 'trapline-prometheus';

/** A `$` is doubled because Grafana replaces environment variables in provisioning files. */
const template: AlertTemplate = {
  label: (name) => `{{ $$labels.${name} }}`,
  percentage: '{{ humanizePercentage $$values.loss.Value }}',
};

/** The alerts in the shape Grafana's file provisioning reads, on exported metrics alone. */
export function grafanaAlerting(): string {
  const document = new Document({
    apiVersion: 1,
    groups: [
      { orgId: 1, name: 'trapline', folder: 'Trapline', interval: '60s', rules: alerts.map(grafanaAlert) },
    ],
  });
  document.commentBefore = GENERATED;
  return document.toString({ lineWidth: 0, singleQuote: true });
}

function grafanaAlert(alert: Alert) {
  return {
    uid: `trapline-tap-loss-${alert.severity}`,
    title: `${alert.name} (${alert.severity})`,
    condition: 'above',
    data: [
      instantQuery('loss', withoutRecordedNames(alert.value)),
      threshold('above', 'loss', alert.threshold),
    ],
    // No tap with enough traffic to be judged is the usual state of a quiet host.
    noDataState: 'OK',
    execErrState: 'Error',
    for: alert.for,
    keepFiringFor: alert.keepFiringFor,
    labels: { severity: alert.severity },
    annotations: {
      summary: alert.summary(template),
      description: alert.description(template),
      runbook_url: alert.runbook,
    },
  };
}

function instantQuery(refId: string, expr: string) {
  return {
    refId,
    datasourceUid: DATASOURCE_UID,
    relativeTimeRange: { from: 60, to: 0 },
    model: { refId, expr, instant: true, range: false },
  };
}

function threshold(refId: string, expression: string, limit: number) {
  return {
    refId,
    datasourceUid: '__expr__',
    relativeTimeRange: { from: 60, to: 0 },
    model: {
      refId,
      type: 'threshold',
      expression,
      conditions: [{ evaluator: { type: 'gt', params: [limit] } }],
    },
  };
}
