import { Document, type YAMLMap } from 'yaml';
import { type Alert, type AlertTemplate, alerts, recordingRules } from './rules.js';

/** First line of every generated YAML file. */
export const GENERATED = ' Written by `npm run dashboards` from provisioning/rules.ts: change it there.';

const template: AlertTemplate = {
  label: (name) => `{{ $labels.${name} }}`,
  percentage: '{{ $value | humanizePercentage }}',
};

/** How often and how patiently the rules judge; a test that cannot wait for minutes asks for seconds. */
export interface Pace {
  interval: string;
  for?: string;
}

/**
 * The Prometheus rule file.
 * Recording rules and alerts share one group because a group is evaluated in order: an alert sees this round's ratios.
 */
export function prometheusRules(pace: Pace = { interval: '15s' }): string {
  const document = new Document({
    groups: [
      {
        name: 'trapline',
        interval: pace.interval,
        rules: [
          ...recordingRules.map(({ record, expr }) => ({ record, expr })),
          ...alerts.map((alert) => prometheusAlert(alert, pace)),
        ],
      },
    ],
  });
  recordingRules.forEach(({ help }, index) => {
    (document.getIn(['groups', 0, 'rules', index]) as YAMLMap).commentBefore = ` ${help}`;
  });
  document.commentBefore = GENERATED;
  return document.toString({ lineWidth: 0, singleQuote: true });
}

function prometheusAlert(alert: Alert, pace: Pace) {
  return {
    alert: alert.name,
    expr: `(${alert.value}) > ${alert.threshold}`,
    for: pace.for ?? alert.for,
    keep_firing_for: alert.keepFiringFor,
    labels: { severity: alert.severity },
    annotations: {
      summary: alert.summary(template),
      description: alert.description(template),
      runbook_url: alert.runbook,
    },
  };
}
