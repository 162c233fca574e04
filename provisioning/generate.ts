/** `npm run dashboards`: writes every generated file of this folder; `generated.test.ts` checks that they are current. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { appliance } from './dashboards/appliance.js';
import { grafanaAlerting } from './grafana.js';
import { prometheusRules } from './prometheus.js';

/** Path in this folder and content of each generated file. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['grafana/dashboards/appliance.json', `${JSON.stringify(appliance(), null, 2)}\n`],
    ['grafana/alerting/trapline.yml', grafanaAlerting()],
    ['prometheus/rules/trapline.yml', prometheusRules()],
  ]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [path, content] of generatedFiles()) {
    writeFileSync(new URL(path, import.meta.url), content);
    console.log(`wrote provisioning/${path}`);
  }
}
