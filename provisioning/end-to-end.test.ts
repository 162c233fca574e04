import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alerts } from './alerts/index.js';
import { sentQueries } from './dashboard-queries.js';
import { type Prometheus, until } from './e2e.js';
import { type Monitoring, startMonitoring } from './monitoring.js';
import type { Operator } from './operator.js';
import { freePort, type Server } from './processes.js';
import { recordingRules } from './rules/index.js';
import { hostWith, insideOf } from './scenario.js';
import { startTarget } from './target.js';

let host: Server;
let inside: Server;
let monitoring: Monitoring;
let operator: Operator;
let prometheus: Prometheus;
let instance: string;
/** Nobody listens there. */
let down: string;

beforeAll(async () => {
  host = await startTarget(hostWith(['sensor']));
  inside = await startTarget(insideOf('sensor'));
  instance = new URL(host.url).host;
  down = `127.0.0.1:${await freePort()}`;
  monitoring = await startMonitoring([instance, new URL(inside.url).host, down]);
  ({ operator, prometheus } = monitoring);
  // Critical loss at two taps and a socket: until then every rule has been evaluated on several samples.
  await until(async () => (await firing('TraplineCaptureLoss', 'critical')).length === 3);
}, 60_000);

afterAll(async () => {
  await monitoring?.stop();
  await Promise.all([host?.stop(), inside?.stop()]);
});

async function firing(alertname: string, severity: string) {
  return (await prometheus.alerts()).filter(
    ({ state, labels }) =>
      state === 'firing' && labels.alertname === alertname && labels.severity === severity,
  );
}

/** The anchors of a page. */
async function sections(url: string): Promise<string[]> {
  const answer = await fetch(url);
  expect([url, answer.status]).toEqual([url, 200]);
  return [...(await answer.text()).matchAll(/ id="([^"]+)"/g)].map(([, id]) => `#${id}`);
}

describe('dashboards', () => {
  test.for(sentQueries().map((query) => [query.dashboard, query.panel, query.refId, query.expr] as const))(
    '%s: %s (%s) has data',
    async ([, , , expr]) => {
      const series = await prometheus.query(expr);
      expect(series.length).toBeGreaterThan(0);
      expect(series.filter(({ value }) => Number.isNaN(value))).toEqual([]);
    },
  );
});

describe('rules', () => {
  test.for([...new Set(recordingRules.map(({ record }) => record))])('%s has data', async (record) => {
    const values = (await prometheus.query(record)).map(({ value }) => value);
    expect(values).not.toEqual([]);
    expect(values).not.toContain(Number.NaN);
  });

  test('give the stages inside a VM to the VM, and leave the others to their machine', async () => {
    const stages = (await prometheus.query('instance_vm_stage:trapline_loss:ratio_rate1m')).map(
      ({ labels, value }) => [labels.instance, labels.vm ?? '', labels.stage, value] as const,
    );
    expect(new Set(stages)).toEqual(
      new Set([
        [instance, '', 'nic_hardware', expect.closeTo(400 / 40_400, 9)],
        [instance, '', 'softnet', 0],
        [instance, '', 'bridge', expect.closeTo(0.04, 9)],
        [instance, 'sensor', 'tap', expect.closeTo(0.1, 9)],
        [instance, 'sensor', 'guest_softnet', 0],
        [instance, 'sensor', 'socket', expect.closeTo(0.1, 9)],
      ]),
    );
  });

  test.for(alerts.map(({ name, severity, value }) => [name, severity, value] as const))(
    'what %s (%s) judges is a query',
    async ([, , value]) => {
      await prometheus.query(value);
    },
  );
});

describe('alerts', () => {
  test('name what loses packets, and nothing else', async () => {
    const found = async () =>
      (await prometheus.alerts())
        // This test is a busy process, and says so through the same metrics.
        .filter(({ state, labels }) => state === 'firing' && labels.alertname !== 'TraplineOwnCost')
        .map(({ labels: { alertname, severity, vm, stage, device } }) =>
          [alertname, severity, vm, stage, device].join(' '),
        )
        .sort();
    const lossAt = (place: string) =>
      ['warning', 'critical'].map((severity) => `TraplineCaptureLoss ${severity} sensor ${place}`);
    await expect
      .poll(found, { timeout: 30_000 })
      .toEqual(
        [
          ...['tap tap0-sensor', 'tap tap1-sensor', 'socket any'].flatMap(lossAt),
          'TraplineTapDrops warning sensor tap tap0-sensor',
          'TraplineTapDrops warning sensor tap tap1-sensor',
          'TraplineNicDrops warning  nic_hardware eth0',
          'TraplineDown critical   ',
        ].sort(),
      );
  });

  test('link to their section of the runbook, on an exporter that answers', async () => {
    const firing = (await prometheus.alerts()).filter(({ state }) => state === 'firing');
    const links = new Set(firing.map(({ annotations }) => annotations.runbook_url!));
    expect([...links].filter((link) => new URL(link).host === down)).toEqual([]);
    expect([...links].map((link) => new URL(link).hash)).toEqual(
      expect.arrayContaining([
        '#traplinecaptureloss',
        '#traplinetapdrops',
        '#traplinenicdrops',
        '#traplinedown',
      ]),
    );
    for (const link of links) expect(await sections(link)).toContain(new URL(link).hash);
  });

  test('have each its section on the page of an exporter', async () => {
    const found = await sections(`${host.url}/runbook`);
    expect(found).toEqual(expect.arrayContaining(alerts.map(({ name }) => `#${name.toLowerCase()}`)));
  });

  test('reach the operator as one page for the VM, with its loss by stage and without the warnings', async () => {
    await until(() => operator.heard({ instance, vm: 'sensor' }).length > 0);
    const [page, ...others] = operator.heard({ instance, vm: 'sensor' });
    expect(others).toEqual([]);
    expect(page!.alerts.map(({ annotations }) => annotations.summary).sort()).toEqual([
      `sensor on ${instance} loses 10% of its packets at socket (any, sensor)`,
      `sensor on ${instance} loses 10% of its packets at tap (tap0-sensor)`,
      `sensor on ${instance} loses 10% of its packets at tap (tap1-sensor)`,
    ]);
    expect(new Set(page!.alerts.map(({ labels }) => labels.severity))).toEqual(new Set(['critical']));
  });
});
