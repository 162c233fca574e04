/**
 * What `npm run lab -- --inside` shows, watched from outside by the real Prometheus and Alertmanager as shipped: real exits
 * and packets of a real capturing guest behind every number, a sensor that becomes too slow behind the one page that the
 * operator gets, and the finding of docs/tutorial.md.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../exporter/test/exporter.js';
import { CAPTURE_LOSS } from '../../provisioning/alerts/loss.js';
import { sentQueries } from '../../provisioning/dashboard-queries.js';
import { startMonitoring, type Monitoring } from '../../provisioning/monitoring.js';
import { recordingRules } from '../../provisioning/rules/index.js';
import type { Appliance } from '../appliance.js';
import { startDemo, type Demo } from '../demo.js';
import type { Totals } from '../guests/capture-sensor.js';
import type { LabHost } from '../host.js';
import type { LabProcess } from '../process.js';
import { silently } from '../progress.js';
import { relayMetrics } from '../relay.js';
import { startTraffic } from '../traffic.js';
import { TRAPLINE_PORT } from '../trapline.js';
import { Told } from './told.js';
import { accountOf, between, type Growth } from './vcpu-account.js';

/**
 * No experiment runs there. The host hides no packet, loses none before the sensor is slow, drops none in its bridge, has no
 * budget for programs and does not ask for drop reasons.
 */
const NOTHING_TO_SHOW = [
  'Which VM loses packets, and what do they cost? stage',
  'Which packets cannot be seen? A',
  'Which CPUs cannot keep up? A',
  'Why does the kernel drop packets? A',
  'What do bridges carry and drop? C',
  'Do they keep to their budget? B',
];
const records = [...new Set(recordingRules.map(({ record }) => record))];

/** A scrape is dear in the appliance. */
const PACE = { interval: 10, faster: 15 };
/** With the source of the demo, enough packets a minute for a loss to be judged. */
const STEADY = { low: 60, high: 60 };
/** More than comes in two seconds, and what the demo has. */
const [LONG_QUEUE, SHORT_QUEUE] = [1000, 100];
const SENSOR = 'pacing-sensor';
/** 4096 frames of 2 KiB: what comes in eight seconds. */
const RING = '--method v2 --blocks 512';
const [QUICK, SLOW] = ['every 3', 'every 25'];
const NOBODYS_PORT = 9;
/** So long the demo's traffic takes to rise and fall, in milliseconds: stretches as long have as much of it. */
const WAVE = 60_000;

let demo: Demo;
let host: LabHost;
let appliance: Appliance;
let monitoring: Monitoring;
let steady: LabProcess;
let sensor: Told;
let target: string;

beforeAll(async () => {
  const [port, appliancePort] = [await freePort(), await freePort()];
  target = `127.0.0.1:${port}`;
  demo = await startDemo({ kernel: '6.12', port, appliancePort, step: silently });
  ({ host } = demo);
  await queue(LONG_QUEUE);
  appliance = (await demo.applianceReady)!;
  sensor = await Told.start(appliance, 'capture-sensor', `--device eth0 ${RING} --name ${SENSOR}`);
  await sensor.tell(QUICK);
  steady = await startTraffic(host, appliance.wiring.wire, STEADY);
  monitoring = await startMonitoring([target, `127.0.0.1:${appliancePort}`], PACE);
});

afterAll(() => demo?.host.stop());

const queue = (frames: number) => host.must(`ip link set tap0 txqueuelen ${frames}`);

describe('the emulated host, from outside', () => {
  it('serves its page and says that it is ready', async () => {
    expect((await fetch(`http://${target}/readyz`)).status).toBe(200);
    expect(await (await fetch(`http://${target}/`)).text()).toContain('<title>Trapline');
  });

  it.each([
    { path: '/metrics', to: TRAPLINE_PORT, status: 200, says: 'trapline_build_info{' },
    { path: '/metrics', to: NOBODYS_PORT, status: 503, says: 'wget' },
    { path: '/other', to: TRAPLINE_PORT, status: 404, says: 'only /metrics' },
  ])('answers $status to $path through a relay to its port $to', async ({ path, to, status, says }) => {
    const port = await freePort();
    await relayMetrics(host, { port, to });
    const answer = await fetch(`http://127.0.0.1:${port}${path}`);
    expect([answer.status, await answer.text()]).toEqual([status, expect.stringContaining(says)]);
  });

  it.each(
    sentQueries('30s')
      .filter(({ dashboard }) => dashboard !== 'experiment')
      .filter(({ panel, refId }) => !NOTHING_TO_SHOW.includes(`${panel} ${refId}`))
      .map(({ dashboard, panel, refId, expr }) => ({ dashboard, panel, refId, expr })),
  )('answers the query $refId of $dashboard: $panel', ({ expr }) => hasData(expr));

  it.each(records.map((record) => ({ record })))('records $record', ({ record }) => hasData(record));

  /** Rates need two scrapes with traffic between them, which take their time under emulation. */
  async function hasData(expr: string): Promise<void> {
    await expect
      .poll(
        async () =>
          (await monitoring.prometheus.query(expr)).filter(({ value }) => !Number.isNaN(value)).length,
        { timeout: 120_000, interval: 1_000 },
      )
      .toBeGreaterThan(0);
  }
});

describe('a sensor in the appliance', () => {
  afterAll(() => monitoring?.stop());

  const offered = `instance_vm_stage_device_process_container:trapline_offered:rate1m{process="${SENSOR}"}`;
  const eventually = (condition: () => unknown) =>
    expect.poll(condition, { timeout: 420_000, interval: 1_000 }).toBeTruthy();

  /** What the operator has heard of losses of the appliance, message by message, of the severities asked for. */
  const told = (...severities: string[]) =>
    monitoring.operator
      .heard({ instance: target, vm: appliance.name })
      .map(({ alerts }) => alerts.filter(({ labels }) => labels['alertname'] === 'TraplineCaptureLoss'))
      .map((alerts) => alerts.filter(({ labels }) => severities.includes(labels['severity']!)))
      .filter((alerts) => alerts.length > 0);

  it('gives no cause for alarm while it takes its packets', async () => {
    await eventually(async () => (await monitoring.prometheus.query(`${offered} * 60 > 10000`)).length > 0);
    expect(told('warning', 'critical')).toEqual([]);
  });

  it('is told of once, by VM, stage and loss, when it becomes too slow', async () => {
    await sensor.tell(SLOW);
    await eventually(() => told('critical').length > 0);
    const [[page, ...others] = []] = told('critical');
    expect(others).toEqual([]);
    expect(page!.status).toBe('firing');
    expect(page!.labels).toEqual({
      ...{ alertname: 'TraplineCaptureLoss', severity: 'critical' },
      ...{ instance: target, vm: appliance.name, stage: 'socket', device: 'eth0', process: SENSOR },
    });
    const summary = /^appliance on \S+ loses ([\d.]+)% of its packets at socket \(eth0, pacing-sensor\)$/;
    const [, percent] = summary.exec(page!.annotations['summary']!)!;
    expect(Number(percent) / 100).toBeGreaterThan(CAPTURE_LOSS.critical);
    // On the way there the loss may have been worth a warning: of the same loss.
    for (const { labels } of told('warning').flat())
      expect({ ...labels, severity: 'critical' }).toEqual(page!.labels);
  });

  it('is told of once more when it keeps up again', async () => {
    await sensor.tell(QUICK);
    // What is judged is still a minute, but alerts outlive their cause by less: here a warning may come when the page has gone.
    await eventually(() => told('critical').length > 1);
    const messages = told('critical').map((alerts) =>
      alerts.map(({ status, labels }) => [status, labels['stage']]),
    );
    expect(messages).toEqual([[['firing', 'socket']], [['resolved', 'socket']]]);
  });

  it('has lost by its own count too', async () => {
    const { packets, drops } = await sensor.tell<Totals>('totals');
    await sensor.stop();
    expect(drops / packets).toBeGreaterThan(0);
  });
});

describe('the walk of docs/tutorial.md', () => {
  let alone: Growth;
  let beside: Growth;
  let mended: Growth;

  beforeAll(async () => {
    await steady.stop();
    await queue(SHORT_QUEUE);
    alone = await during(() => sleep(WAVE));
    beside = await during(async () => {
      const neighbour = await host.spawn('bash lab/inside/neighbour.sh');
      await neighbour.line(1);
      await sleep(WAVE);
      // The appliance has to answer.
      await neighbour.stop('KILL');
    });
    await queue(LONG_QUEUE);
    mended = await during(() => sleep(30_000));
  });

  async function during(work: () => Promise<unknown>): Promise<Growth> {
    const first = await accountOf(host, appliance);
    await work();
    return between(first, await accountOf(host, appliance));
  }

  it('finds that the tap loses more than wakes an operator, and nothing else a packet', () => {
    const { delivered, droppedAtTap, droppedElsewhere } = beside;
    expect(droppedAtTap / (droppedAtTap + delivered)).toBeGreaterThan(CAPTURE_LOSS.critical);
    expect(droppedElsewhere).toBe(0);
  });

  it('finds that the kernel says the same', () => {
    expectWithin(beside.droppedAtTap, beside.least.droppedAtTap, beside.most.droppedAtTap);
  });

  it('finds a vCPU that waits for a processor more than it runs, and more than before', () => {
    expect(beside.waiting).toBeGreaterThan(beside.inGuest + beside.exiting);
    expect(beside.waiting / wallOf(beside)).toBeGreaterThan(alone.waiting / wallOf(alone));
  });

  it('finds that the scheduler says the same', () => {
    // A wait that goes on while one of them is read is in that one only.
    expectWithin(beside.waiting, 0.95 * beside.least.waiting, 1.05 * beside.most.waiting);
  });

  it('rules out that exits are what keeps it', () => {
    const grown = (what: 'exiting' | 'waiting') =>
      beside[what] / wallOf(beside) - alone[what] / wallOf(alone);
    expect(grown('exiting')).toBeLessThan(grown('waiting') / 4);
  });

  it('mends it with a processor and a longer queue', () => {
    expect(mended.delivered).toBeGreaterThan(0);
    expect(mended.droppedAtTap).toBe(0);
  });
});

const wallOf = ({ inGuest, exiting, asleep, waiting }: Growth): number =>
  inGuest + exiting + asleep + waiting;

function expectWithin(value: number, least: number, most: number): void {
  expect(value).toBeGreaterThanOrEqual(least);
  expect(value).toBeLessThanOrEqual(most);
}
