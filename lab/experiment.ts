/** An emulated host to experiment on: a NIC that frames come in on, a bridge, an appliance with ssh, Trapline on both. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Appliance } from './appliance.js';
import { CHECKOUT } from './checkout.js';
import { quote } from './command.js';
import { buildExperiment } from './compile.js';
import { demandFreePort } from './free_port.js';
import { LabHost } from './host.js';
import type { KernelSeries } from './kernel.js';
import type { Machine } from './machine.js';
import { HOST_MODULES } from './nested-guest.js';
import type { LabProcess } from './process.js';
import { silently, type Step } from './progress.js';
import { relayMetrics } from './relay.js';
import { openSsh } from './ssh.js';
import { TRAPLINE_PORT, buildExporter, startTrapline } from './trapline.js';

/** An experiment asks the appliance's Trapline for a few numbers, and the rest would take the most of its processor. */
const UNUSED_INSIDE = ['vm_exit', 'virtio', 'virtqueue', 'nic_interrupt', 'softirq', 'napi'];
const LEAN = UNUSED_INSIDE.map((collector) => `--no-collector.${collector}`);

/** A reading waits for what carries the frames, all on one processor; and while it waits, more of them come. */
const ANSWER_AT_ONCE = 'renice -n -10 -p $(pidof node)';

/** Where the frames of an experiment come from, and where they come in: two NICs on one cable. */
export const NICS = { source: 'eth0', receiver: 'eth1' } as const;

const cable = (id: string, mac: string): string[] => [
  ...['-netdev', `hubport,id=${id},hubid=0`, '-device', `e1000e,netdev=${id},mac=${mac}`],
];
const DEVICES = [...cable('source', '52:54:00:00:00:01'), ...cable('receiver', '52:54:00:00:00:02')];

/** The plan that `npm run lab -- experiment` runs. */
export const LAB_PLAN = join(CHECKOUT, 'experiment', 'lab.yaml');

const TRAPLINE = `node ${join(CHECKOUT, 'exporter', 'bin', 'trapline.js')}`;
/** Where a run says how far it is. */
const RUN_PORT = 9820;

/** Of runs, in the emulated host. */
export const RUN = '/run/lab/experiment';

/** What an experiment is made on. */
export interface ExperimentBench {
  host: LabHost;
  guest: Appliance;
}

/** Boots it, with everything that lab.yaml names. */
export async function bootExperiment(kernel: KernelSeries, step: Step = silently): Promise<ExperimentBench> {
  await step('Compile Trapline', async () => {
    await buildExporter();
    await buildExperiment();
  });
  const host = await LabHost.boot({ kernel, modules: [...HOST_MODULES, 'e1000e'], devices: DEVICES, step });
  try {
    const [guest] = await Promise.all([
      step('Boot an appliance', () => startAppliance(host)),
      step('Start Trapline on the host', () => startTrapline(host)),
    ]);
    await step('Start Trapline in the appliance', () => startTrapline(guest, '0.0.0.0', ...LEAN));
    for (const machine of [host, guest]) await machine.must(ANSWER_AT_ONCE);
    return { host, guest };
  } catch (error) {
    await host.stop();
    throw error;
  }
}

/** Nobody speaks on the cable but the source. */
async function startAppliance(host: LabHost): Promise<Appliance> {
  const guest = await Appliance.start(host);
  const { source, receiver } = NICS;
  await host.must(`set -e
    for device in ${source} ${receiver}; do
      echo 1 > /proc/sys/net/ipv6/conf/$device/disable_ipv6
      ip link set $device up
    done
    ip link set ${receiver} master ${guest.wiring.bridge}
    until grep -qx up /sys/class/net/${source}/operstate; do sleep 0.2; done`);
  await openSsh(host, guest);
  return guest;
}

/** Starts a run in the emulated host, in its directory there. */
export async function startRun(host: Machine, plan: string): Promise<LabProcess> {
  await host.put(`${RUN}.yaml`, plan);
  return host.spawn(`${TRAPLINE} experiment run ${RUN}.yaml --dir ${RUN}`);
}

/** Takes up a run that was interrupted. */
export const resumeRun = (host: Machine): Promise<LabProcess> =>
  host.spawn(`${TRAPLINE} experiment resume ${RUN}`);

/** Brings the run's directory out of the host, into a folder of this machine. */
export async function bringOut(host: Machine, folder: string): Promise<void> {
  const files = (await host.must(`cd ${RUN} && find . -type f`)).trim().split('\n');
  for (const file of files) {
    const text = await host.must(`base64 -w 0 ${quote(join(RUN, file))}`);
    await mkdir(join(folder, file, '..'), { recursive: true });
    await writeFile(join(folder, file), Buffer.from(text, 'base64'));
  }
}

/** What `npm run lab -- experiment` is told. */
export interface ExperimentOptions {
  kernel: KernelSeries;
  /** A plan file of this machine. */
  plan: string;
  /** Where the run's directory is put. */
  folder: string;
  /** The port of this machine's loopback with the host's metrics; the run's are two ports on, as on a real host. */
  port?: number;
  step: Step;
}

/** Boots, runs the plan to its end and brings out what it leaves. */
export async function experiment({ kernel, plan, folder, port, step }: ExperimentOptions): Promise<void> {
  const text = await readFile(plan, 'utf8');
  const ports = port === undefined ? [] : [TRAPLINE_PORT, RUN_PORT];
  const relays = ports.map((to) => ({ port: port! + to - TRAPLINE_PORT, to }));
  for (const relay of relays) await demandFreePort(relay.port);
  const { host } = await bootExperiment(kernel, step);
  try {
    for (const relay of relays) await relayMetrics(host, relay);
    const run = await startRun(host, text);
    await follow(run);
    await step(`Bring the run out to ${folder}`, () => bringOut(host, folder));
  } finally {
    await host.stop();
  }
}

/** Says what a process says, until it has ended. */
async function follow(run: LabProcess): Promise<void> {
  let [output, errors] = ['', ''];
  for (let going = true; going;) {
    going = await run.gone({ timeout: 5 }).then(
      () => false,
      () => true,
    );
    const [out, err] = await Promise.all([run.output(), run.errors()]);
    process.stdout.write(out.slice(output.length) + err.slice(errors.length));
    [output, errors] = [out, err];
  }
}
