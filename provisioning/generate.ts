/**
 * `npm run dashboards [-- --runbook URL]`: writes every generated file of this folder. `generated.test.ts` checks that they
 * are current; a runbook elsewhere is for a copy.
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { dashboards } from './dashboards/index.js';
import { grafanaAlerting, grafanaPolicies } from './grafana.js';
import { alertFile, recordingFile } from './prometheus.js';

/**
 * Path in this folder and content of each generated file.
 * @param runbook URL that alerts link to instead of the page of an exporter.
 */
export function generatedFiles(runbook?: string): ReadonlyMap<string, string> {
  return new Map([
    ...[...dashboards].map(
      ([name, dashboard]) =>
        [`grafana/dashboards/${name}.json`, `${JSON.stringify(dashboard, null, 2)}\n`] as const,
    ),
    ['grafana/alerting/trapline.yml', grafanaAlerting(runbook)],
    ['grafana/alerting/policies.yml', grafanaPolicies()],
    ['prometheus/rules/trapline-recording.yml', recordingFile()],
    ['prometheus/rules/trapline-alerts.yml', alertFile(undefined, runbook)],
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { runbook: { type: 'string' } } });
  for (const [path, content] of generatedFiles(values.runbook)) {
    writeFileSync(new URL(path, import.meta.url), content);
    console.log(`wrote provisioning/${path}`);
  }
}
