/** `npm run dashboards`: writes every generated file of this folder; `generated.test.ts` checks that they are current. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dashboards } from './dashboards/index.js';
import { grafanaAlerting, grafanaPolicies } from './grafana.js';
import { alertFile, recordingFile } from './prometheus.js';

/** Path in this folder and content of each generated file. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ...[...dashboards].map(
      ([name, dashboard]) =>
        [`grafana/dashboards/${name}.json`, `${JSON.stringify(dashboard, null, 2)}\n`] as const,
    ),
    ['grafana/alerting/trapline.yml', grafanaAlerting()],
    ['grafana/alerting/policies.yml', grafanaPolicies()],
    ['prometheus/rules/trapline-recording.yml', recordingFile()],
    ['prometheus/rules/trapline-alerts.yml', alertFile()],
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, content] of generatedFiles()) {
    writeFileSync(new URL(path, import.meta.url), content);
    console.log(`wrote provisioning/${path}`);
  }
}
