/** A real Prometheus and a real Alertmanager with the files this folder ships, for tests. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type Server, startServer } from './processes.js';
import { prometheusRules } from './prometheus.js';

export { until } from './processes.js';

/** One series of an answer; `value` is the newest sample. */
export interface Series {
  labels: Record<string, string>;
  value: number;
}

export interface Prometheus extends Server {
  /** The series a query returns now. @throws Error with Prometheus' own words when it refuses the query. */
  query(expr: string): Promise<Series[]>;
  /** The alerts that are pending or firing now. */
  alerts(): Promise<{ state: string; labels: Record<string, string>; annotations: Record<string, string> }[]>;
}

/**
 * Starts Prometheus on a free port. It scrapes `http://<target>/metrics` and evaluates the shipped rules every second;
 * only the minute an alert waits is shortened to two seconds.
 * @param targets host:port of each exporter.
 * @param alertmanager url of an Alertmanager to tell.
 */
export async function startPrometheus(
  targets: readonly string[],
  alertmanager?: string,
): Promise<Prometheus> {
  const server = await startServer('prometheus', '/-/ready', async (directory, listen) => {
    await writeFile(join(directory, 'rules.yml'), prometheusRules({ interval: '1s', for: '2s' }));
    await writeFile(join(directory, 'prometheus.yml'), stringify(configuration(targets, alertmanager)));
    return [
      `--config.file=${join(directory, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=${listen}`,
    ];
  });
  const api = <T>(path: string) => ask<T>(`${server.url}/api/v1/${path}`);
  return {
    ...server,
    async query(expr) {
      const { result } = await api<{ result: { metric: Record<string, string>; value: [number, string] }[] }>(
        `query?query=${encodeURIComponent(expr)}`,
      );
      return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
    alerts: async () => (await api<{ alerts: Awaited<ReturnType<Prometheus['alerts']>> }>('alerts')).alerts,
  };
}

/** Starts Alertmanager with the shipped routes and inhibitions; the receiver is a webhook and hears within a second. */
export async function startAlertmanager(shipped: string, webhook: string): Promise<Server> {
  return startServer('prometheus-alertmanager', '/-/ready', async (directory, listen) => {
    const config = parse(shipped) as { route: object; receivers: { name: string }[] };
    config.route = { ...config.route, group_wait: '1s' };
    config.receivers = config.receivers.map(({ name }) => ({ name, webhook_configs: [{ url: webhook }] }));
    await writeFile(join(directory, 'alertmanager.yml'), stringify(config));
    return [
      `--config.file=${join(directory, 'alertmanager.yml')}`,
      `--storage.path=${directory}`,
      `--web.listen-address=${listen}`,
      '--cluster.listen-address=',
    ];
  });
}

function configuration(targets: readonly string[], alertmanager?: string) {
  return {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: ['rules.yml'],
    scrape_configs: [{ job_name: 'trapline', static_configs: [{ targets }] }],
    ...(alertmanager && {
      alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanager).host] }] }] },
    }),
  };
}

async function ask<T>(url: string): Promise<T> {
  const answer = (await (await fetch(url)).json()) as { status: string; data: T; error?: string };
  if (answer.status !== 'success') throw new Error(answer.error);
  return answer.data;
}
