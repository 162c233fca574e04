/**
 * A monitor in the kernel, at the earliest place where software sees a frame: what a kernel module was to the study. The
 * frame goes its way afterwards, as under every method but AF_XDP.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Monitor } from '../results.js';
import type { Shell } from '../shell/shell.js';
import type { Method, Sensor, SensorOrder } from './method.js';
import { hearAll, lookFor } from './programs.js';

const OBJECTS: Readonly<Record<Monitor, string>> = { null: 'xdp_count.bpf.o', flow: 'xdp_flows.bpf.o' };
const PREBUILT = new URL('../../../bpf/prebuilt/', import.meta.url);

const FILES = '/run/trapline-experiment';
const PINNED = '/sys/fs/bpf/trapline-experiment';

export const xdp: Method = {
  name: 'xdp',
  title: 'eBPF at XDP (in the kernel)',
  monitors: ['null', 'flow'],

  detect: (shell) =>
    lookFor(shell, [
      { program: 'bpftool', version: 'bpftool version', debian: 'bpftool' },
      { program: 'ip', version: 'ip -V', debian: 'iproute2' },
    ]),

  async start(order) {
    await hearAll(order);
    await load(order);
    await attach(order);
    return new XdpSensor(order.shell);
  },
};

async function load({ cell, shell, changes }: SensorOrder): Promise<void> {
  const name = OBJECTS[cell.monitor];
  const object = `${FILES}/${name}`;
  const bytes = await readFile(fileURLToPath(new URL(name, PREBUILT)));
  await changes.make(
    {
      machine: shell.platform,
      what: `copy ${name}`,
      undo: `rm -f ${object}; rmdir ${FILES} 2> /dev/null || true`,
    },
    () => shell.put(object, bytes),
  );
  await changes.run(
    shell,
    { what: `load ${name}`, undo: `rm -rf ${PINNED}` },
    `mkdir -p ${PINNED} && bpftool prog load ${object} ${PINNED}/program type xdp pinmaps ${PINNED}`,
  );
}

/** Into the driver where it can take the program, else before the stack. Another's program on the device stays. */
async function attach({ shell, device, changes }: SensorOrder): Promise<void> {
  const shown = await shell.must(`ip link show dev ${device}`);
  if (shown.includes('prog/xdp')) throw new Error(`${device} has an XDP program already, which is not ours.`);
  const modes = ['xdpdrv', 'xdpgeneric'];
  const tries = modes.map((mode) => `ip link set dev ${device} ${mode} pinned ${PINNED}/program`);
  const undo = modes.map((mode) => `ip link set dev ${device} ${mode} off 2> /dev/null || true`).join('\n');
  await changes.run(shell, { what: `attach to ${device} at XDP`, undo }, tries.join(' 2> /dev/null || '));
}

class XdpSensor implements Sensor {
  readonly by = 'device';

  constructor(private readonly shell: Shell) {}

  async count() {
    return {
      delivered: framesOf(await this.shell.must(`bpftool -j map dump pinned ${PINNED}/counts`)),
      lost: 0,
    };
  }

  stop = () => this.count();
}

/** What all CPUs counted, from what bpftool dumps of the map `counts`. */
export function framesOf(dump: string): number {
  const rows = JSON.parse(dump) as { formatted: { values: { value: { frames: number } }[] } }[];
  return rows[0]!.formatted.values.reduce((sum, { value }) => sum + value.frames, 0);
}
