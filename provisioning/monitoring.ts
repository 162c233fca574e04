/** All that stands between an exporter and the person on call, real and as shipped, for tests. */
import { readFile } from 'node:fs/promises';
import { type Prometheus, QUICK, startAlertmanager, startPrometheus } from './e2e.js';
import { Operator } from './operator.js';

export interface Monitoring {
  prometheus: Prometheus;
  /** Who is told by Alertmanager. */
  operator: Operator;
  stop(): Promise<void>;
}

/**
 * Starts an Alertmanager with the shipped routes and a Prometheus with the shipped rules.
 * @param targets host:port of each exporter.
 */
export async function startMonitoring(targets: readonly string[], pace = QUICK): Promise<Monitoring> {
  const shipped = await readFile(new URL('alertmanager/alertmanager.yml', import.meta.url), 'utf8');
  const operator = await Operator.listen();
  const alertmanager = await startAlertmanager(shipped, operator.url, pace);
  const prometheus = await startPrometheus(targets, alertmanager.url, pace);
  return {
    prometheus,
    operator,
    async stop() {
      await prometheus.stop();
      await alertmanager.stop();
      await operator.stop();
    },
  };
}
