/** A real Prometheus and a real Alertmanager with the files this folder ships, for tests. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { type Server, startServer } from './processes.js';
import { alertFile, type Pace, recordingFile } from './prometheus.js';

export { until } from './processes.js';

/** One series of an answer; `value` is the newest sample. */
export interface Series {
  labels: Record<string, string>;
  value: number;
}

export interface Prometheus extends Server {
  /** The series a query returns now. @throws Error with Prometheus' own words when it refuses the query. */
  query(expr: string): Promise<Series[]>;
  /** The values a label takes in the series that a selector matches, as Grafana fills a variable. */
  labelValues(selector: string, label: string): Promise<string[]>;
  /** The alerts that are pending or firing now. */
  alerts(): Promise<{ state: string; labels: Record<string, string>; annotations: Record<string, string> }[]>;
}

/** Minutes become seconds, in the same order. */
export const QUICK: Pace = { interval: 1, faster: 30 };

/**
 * Starts Prometheus on a free port. It scrapes `http://<target>/metrics` and evaluates the shipped rules at the same pace;
 * only what alerts wait is shortened.
 * @param targets host:port of each exporter.
 * @param alertmanager url of an Alertmanager to tell.
 */
export async function startPrometheus(
  targets: readonly string[],
  alertmanager?: string,
  pace = QUICK,
): Promise<Prometheus> {
  const server = await startServer('prometheus', '/-/ready', async (directory, listen) => {
    await writeFile(join(directory, 'recording.yml'), recordingFile(pace));
    await writeFile(join(directory, 'alerts.yml'), alertFile(pace));
    await writeFile(join(directory, 'prometheus.yml'), stringify(configuration(targets, pace, alertmanager)));
    return [
      `--config.file=${join(directory, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=${listen}`,
    ];
  });
  const api = <T>(path: string, form?: Record<string, string>) =>
    ask<T>(`${server.url}/api/v1/${path}`, form);
  return {
    ...server,
    async query(expr) {
      const { result } = await api<{ result: { metric: Record<string, string>; value: [number, string] }[] }>(
        'query',
        { query: expr },
      );
      return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
    labelValues: (selector, label) => api(`label/${label}/values?match[]=${encodeURIComponent(selector)}`),
    alerts: async () => (await api<{ alerts: Awaited<ReturnType<Prometheus['alerts']>> }>('alerts')).alerts,
  };
}

/** Starts Alertmanager with the shipped routes and inhibitions; the receiver is a webhook and hears within seconds. */
export async function startAlertmanager(
  shipped: string,
  webhook: string,
  { interval, faster }: Pace,
): Promise<Server> {
  return startServer('prometheus-alertmanager', '/-/ready', async (directory, listen) => {
    const config = parse(shipped) as { route: object; receivers: { name: string }[] };
    // As shipped: a message waits for two evaluations, and the next one for five minutes.
    const [wait, next] = [2 * interval, Math.round(300 / faster)];
    config.route = { ...config.route, group_wait: `${wait}s`, group_interval: `${next}s` };
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

function configuration(targets: readonly string[], { interval }: Pace, alertmanager?: string) {
  return {
    global: { scrape_interval: `${interval}s`, evaluation_interval: `${interval}s` },
    rule_files: ['recording.yml', 'alerts.yml'],
    scrape_configs: [{ job_name: 'trapline', static_configs: [{ targets }] }],
    ...(alertmanager && {
      alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanager).host] }] }] },
    }),
  };
}

/** A form is sent in the body, as Grafana does: a query that names 200 VMs is too long for an address. */
async function ask<T>(url: string, form?: Record<string, string>): Promise<T> {
  const request = form && { method: 'POST', body: new URLSearchParams(form) };
  const answer = (await (await fetch(url, request)).json()) as { status: string; data: T; error?: string };
  if (answer.status !== 'success') throw new Error(answer.error);
  return answer.data;
}
