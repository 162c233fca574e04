import { Document, type YAMLMap } from 'yaml';
import { type Alert, type AlertTemplate, alerts, OWN, runbookOf, secondsOf } from './alerts/index.js';
import { recordingRules } from './rules/index.js';

/** First line of every generated YAML file. */
export const generatedFrom = (folder: string): string =>
  ` Written by \`npm run dashboards\` from provisioning/${folder}: change it there.`;

const template: AlertTemplate = {
  label: (name) => `{{ $labels.${name} }}`,
  optional: (before, name, after) => `{{ with $labels.${name} }}${before}{{ . }}${after}{{ end }}`,
  percentage: '{{ $value | humanizePercentage }}',
  number: '{{ $value | humanize }}',
  decimal: '{{ $value | printf "%.1f" }}',
  answering:
    `{{ with query ${JSON.stringify(`up{${OWN}} == 1`)} | sortByLabel "instance" }}{{ (first .).Labels.instance }}` +
    '{{ else }}{{ $labels.instance }}{{ end }}',
};

/** How often rules are evaluated and how patiently alerts wait; a test that cannot wait for minutes is faster. */
export interface Pace {
  /** Seconds between two evaluations. */
  interval: number;
  /** What alerts wait, and how long they outlive their cause, is divided by this. */
  faster: number;
}

const SHIPPED: Pace = { interval: 15, faster: 1 };

/** The recording rules: dashboards and alerts need them. One group, because a group is evaluated in order. */
export function recordingFile(pace = SHIPPED): string {
  const rules = recordingRules.map(({ record, expr, labels }) => ({
    record,
    expr,
    ...(labels && { labels }),
  }));
  const document = new Document({
    groups: [{ name: 'trapline-recording', interval: `${pace.interval}s`, rules }],
  });
  recordingRules.forEach(({ help }, index) => {
    (document.getIn(['groups', 0, 'rules', index]) as YAMLMap).commentBefore = ` ${help}`;
  });
  return written(document, 'rules');
}

/**
 * The alerts, in a file of their own: who alerts in Grafana leaves it out.
 * @param runbook URL of the runbook where exporters do not show it.
 */
export function alertFile(pace = SHIPPED, runbook?: string): string {
  const rules = alerts.map((alert) => prometheusAlert(alert, pace, runbook));
  return written(
    new Document({ groups: [{ name: 'trapline-alerts', interval: `${pace.interval}s`, rules }] }),
    'alerts',
  );
}

function written(document: Document, folder: string): string {
  document.commentBefore = generatedFrom(folder);
  return document.toString({ lineWidth: 0, singleQuote: true });
}

function prometheusAlert(alert: Alert, pace: Pace, runbook?: string) {
  return {
    alert: alert.name,
    expr: `(${alert.value}) > ${alert.threshold}`,
    for: shortened(alert.for, pace),
    keep_firing_for: shortened(alert.keepFiringFor, pace),
    labels: { severity: alert.severity },
    annotations: {
      summary: alert.summary(template),
      description: alert.description(template),
      runbook_url: runbookOf(alert, template, runbook),
    },
  };
}

function shortened(duration: string, { faster }: Pace): string {
  return faster === 1 ? duration : `${Math.round(secondsOf(duration) / faster)}s`;
}
