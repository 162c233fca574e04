/**
 * A sensor that is too slow, from its tap to the person on call: real packets are lost, the shipped rules judge them in a
 * real Prometheus, and a real Alertmanager tells the operator once, and once more when it is over.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CAPTURE_LOSS } from '../../provisioning/alerts/loss.js';
import { startMonitoring, type Monitoring } from '../../provisioning/monitoring.js';
import { parseNetDev } from './netdev.js';
import { Exporter, until } from './exporter.js';
import { ground, missing } from './ground.js';
import { enterOwnNetwork, ip } from './namespace.js';

const VM = 'sensor';
const TAP = 'sensortap0';
/** 18 000 packets a minute: enough to be judged. They go on while the sensor, which has its own traffic too, stands still. */
const RATE = '300';
/** More than comes in while the sensor does something else for a second. */
const LONG_QUEUE = 20_000;
const SHORT_QUEUE = 100;
/** As shipped, ten times as fast; what is judged is still a minute. */
const PACE = { interval: 2, faster: 10 };

describe.skipIf(!ground.root || !ground.btf || !ground.kvm)(
  `a sensor that is too slow${missing('root', 'btf', 'kvm')}`,
  () => {
    let exporter: Exporter;
    let sensor: ChildProcess;
    let traffic: ChildProcess;
    let monitoring: Monitoring;
    let instance: string;

    beforeAll(async () => {
      enterOwnNetwork();
      exporter = await Exporter.start();
      instance = new URL(exporter.url).host;
      sensor = run('appliance-demo.ts', '--name', VM, '--tap', TAP);
      await until(() => parseNetDev(readFileSync('/proc/net/dev', 'utf8')).some(isTap));
      ip(`link set ${TAP} txqueuelen ${LONG_QUEUE}`);
      traffic = run('traffic-source.ts', '--device', TAP, '--low', RATE, '--high', RATE);
      monitoring = await startMonitoring([instance], PACE);
    });

    afterAll(async () => {
      sensor?.kill('SIGKILL');
      traffic?.kill('SIGKILL');
      await monitoring?.stop();
      await exporter?.stop();
    });

    const told = () => monitoring.operator.heard({ instance, vm: VM });
    const figure = async (expr: string) => (await monitoring.prometheus.query(expr))[0]?.value ?? 0;
    const eventually = (condition: () => unknown) =>
      expect.poll(condition, { timeout: 280_000, interval: 1_000 }).toBeTruthy();

    it('gives no cause for alarm while it takes its packets', { timeout: 300_000 }, async () => {
      const offered = `sum(instance_vm_stage_device_process_container:trapline_offered:rate1m{stage="tap",vm="${VM}"})`;
      await eventually(async () => (await figure(offered)) * 60 > 10_000);
      // On a busy machine single frames of its first moments may be lost: too few for an alarm.
      expect(dropped() / 10_000).toBeLessThan(CAPTURE_LOSS.warning);
      expect(told()).toEqual([]);
    });

    it('is told of once, by name, stage and loss, when it stands still', { timeout: 300_000 }, async () => {
      sensor.kill('SIGSTOP');
      ip(`link set ${TAP} txqueuelen ${SHORT_QUEUE}`);
      await eventually(() => told().length > 0);
      const [page] = told();
      expect(page!.status).toBe('firing');
      expect(page!.alerts.map(({ labels }) => labels)).toEqual([
        {
          alertname: 'TraplineCaptureLoss',
          severity: 'critical',
          instance,
          vm: VM,
          stage: 'tap',
          device: TAP,
        },
      ]);
      const { summary } = page!.alerts[0]!.annotations;
      const [, loss] = /^sensor on \S+ loses ([\d.]+)% of its packets at tap \(sensortap0\)$/.exec(summary!)!;
      expect(Number(loss)).toBeGreaterThan(5);
      expect(dropped()).toBeGreaterThan(0);
    });

    it('finds what to do behind the link', async () => {
      const link = new URL(told()[0]!.alerts[0]!.annotations.runbook_url!);
      const page = await fetch(link);
      expect([link.host, link.hash, page.status]).toEqual([instance, '#traplinecaptureloss', 200]);
      expect(await page.text()).toContain('<h2 id="traplinecaptureloss">TraplineCaptureLoss</h2>');
    });

    it('is told of once more when it takes its packets again', { timeout: 300_000 }, async () => {
      ip(`link set ${TAP} txqueuelen ${LONG_QUEUE}`);
      sensor.kill('SIGCONT');
      await eventually(() => told().length > 1);
      expect(told().map(({ status }) => status)).toEqual(['firing', 'resolved']);
    });
  },
);

function run(program: string, ...args: string[]): ChildProcess {
  const path = new URL(`../../lab/guests/${program}`, import.meta.url).pathname;
  return spawn(process.execPath, ['--import', 'tsx', path, ...args], { stdio: 'inherit' });
}

const isTap = ({ name }: { name: string }): boolean => name === TAP;

/** What the kernel itself says the tap has lost. */
const dropped = (): number => parseNetDev(readFileSync('/proc/net/dev', 'utf8')).find(isTap)!.transmit.drops;
