import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sentQueries } from './dashboard-queries.js';
import { type Prometheus, startAlertmanager, startPrometheus, until } from './e2e.js';
import type { Server } from './processes.js';
import { alerts, recordingRules, withoutRecordedNames } from './rules.js';
import { startTarget } from './target.js';

interface Notification {
  groupLabels: Record<string, string>;
  alerts: { status: string; labels: Record<string, string>; annotations: Record<string, string> }[];
}

const notifications: Notification[] = [];
const webhook = createServer((request, response) => {
  const body: Buffer[] = [];
  request.on('data', (chunk: Buffer) => body.push(chunk));
  request.on('end', () => {
    notifications.push(JSON.parse(Buffer.concat(body).toString()) as Notification);
    response.end();
  });
});

let target: Server;
let alertmanager: Server;
let prometheus: Prometheus;
let instance: string;

beforeAll(async () => {
  webhook.listen(0, '127.0.0.1');
  await once(webhook, 'listening');
  const shipped = readFileSync(new URL('alertmanager/alertmanager.yml', import.meta.url), 'utf8');
  target = await startTarget();
  alertmanager = await startAlertmanager(
    shipped,
    `http://127.0.0.1:${(webhook.address() as AddressInfo).port}/`,
  );
  instance = new URL(target.url).host;
  prometheus = await startPrometheus([instance], alertmanager.url);
  // The alert rules come last in their group: once they fire, every rule has been evaluated on several samples.
  await until(async () => (await prometheus.alerts()).filter(({ state }) => state === 'firing').length === 4);
}, 60_000);

afterAll(async () => {
  await prometheus?.stop();
  await alertmanager?.stop();
  await target?.stop();
  webhook.closeAllConnections();
  webhook.close();
});

describe('dashboard', () => {
  test.for(sentQueries().map((query) => [query.panel, query.refId, query.expr] as const))(
    '%s (%s) has data',
    async ([, , expr]) => {
      const series = await prometheus.query(expr);
      expect(series.length).toBeGreaterThan(0);
      expect(series.filter(({ value }) => Number.isNaN(value))).toEqual([]);
    },
  );

  test('shows the loss, exits and cost the host was given', async () => {
    const value = async (panel: string) => {
      const { expr } = sentQueries().find((query) => query.panel === panel)!;
      return (await prometheus.query(expr))[0]!.value;
    };
    expect(await value('Is traffic lost?')).toBeCloseTo(0.1, 9);
    expect(await value('How many exits does one packet take?')).toBeCloseTo(0.5, 9);
    expect(await value('What does one packet cost in exits?')).toBeCloseTo(0.45 / 36_000, 12);
  });
});

describe('rules', () => {
  test.for(recordingRules.map(({ record, expr }) => [record, expr] as const))(
    '%s has data',
    async ([record]) => {
      const series = await prometheus.query(record);
      expect(series.map(({ labels }) => labels.vm)).toContain('sensor');
    },
  );

  test('record the ratios of the host', async () => {
    const value = async (record: string) => (await prometheus.query(record)).map((series) => series.value);
    expect(await value('instance_vm_device:trapline_tap_loss:ratio1m')).toEqual([
      expect.closeTo(0.1, 9),
      expect.closeTo(0.1, 9),
    ]);
    expect(await value('instance_vm:trapline_userspace_exits_per_packet:ratio_rate1m')).toEqual([
      expect.closeTo(0.1, 9),
    ]);
  });

  test('judge the same in Grafana, which has no recorded names', async () => {
    for (const { value, threshold } of alerts) {
      const above = await prometheus.query(`(${withoutRecordedNames(value)}) > ${threshold}`);
      expect(above.map(({ labels }) => labels.device).sort()).toEqual(['tap0', 'tap1']);
    }
  });
});

describe('alert on tap loss', () => {
  test('fires in both severities for each tap', async () => {
    const firing = (await prometheus.alerts()).map(({ labels }) => labels);
    const expected = (device: string, severity: string) => ({
      alertname: 'TraplineTapLoss',
      instance,
      vm: 'sensor',
      device,
      severity,
    });
    expect(firing).toHaveLength(4);
    expect(firing).toEqual(
      expect.arrayContaining([
        expected('tap0', 'warning'),
        expected('tap1', 'warning'),
        expected('tap0', 'critical'),
        expected('tap1', 'critical'),
      ]),
    );
  });

  test('reaches the operator as one page for the VM, without the warnings', async () => {
    await until(() => notifications.length > 0);
    expect(notifications).toHaveLength(1);
    const [page] = notifications;
    expect(page!.groupLabels).toEqual({ instance, vm: 'sensor' });
    expect(page!.alerts.map(({ labels }) => `${labels.severity} ${labels.device}`).sort()).toEqual([
      'critical tap0',
      'critical tap1',
    ]);
    expect(page!.alerts[0]!.annotations.summary).toMatch(
      /^sensor on 127\.0\.0\.1:\d+ loses 10% of its packets at tap[01]$/,
    );
  });
});
