/**
 * The smallest virtual appliance: packets come through a tap, each costs VM exits, and what it cannot take is lost in
 * the tap's queue. Something true to draw on a machine without any VM.
 *
 *     npx tsx lab/guests/appliance-demo.ts [--name demo] [--tap trapdemo0] [--writes 2] [--seconds N]
 *
 * The tap, the VM and the traffic live in this one process and vanish with it, however it ends.
 */
import { parseArgs } from 'node:util';
import koffi from 'koffi';
import { nameProcessAsGuest } from './guest-name.js';
import { Errno, SystemError, read } from '../../experiment/src/sensor/libc.js';
import { openTap } from '../../experiment/src/sensor/network.js';
import { TinyVm } from './tiny-vm.js';
import { DEFAULT_SHAPE, startTraffic } from './traffic-source.js';

/** Short, so that a burst overflows it, and longer than what one tick of the traffic brings otherwise. */
const QUEUE_FRAMES = 100;
/** Frames taken before other events get their turn. */
const BATCH = 64;

/** Takes what waits in the tap, and makes the guest write its port for every frame. */
function takeFrames(tap: number, vm: TinyVm, writes: number, buffer: Uint8Array): void {
  for (let taken = 0; taken < BATCH; taken++) {
    const length = read(tap, buffer);
    if (length === -Errno.EAGAIN) return;
    if (length < 0) throw new SystemError('read the tap', -length);
    vm.run(writes);
  }
}

function main(): void {
  const { values } = parseArgs({
    options: {
      name: { type: 'string', default: 'demo' },
      tap: { type: 'string', default: 'trapdemo0' },
      writes: { type: 'string', default: '2' },
      seconds: { type: 'string' },
    },
    args: nameProcessAsGuest('demo'),
  });
  const vm = new TinyVm();
  const tap = openTap(values.tap, QUEUE_FRAMES);
  const writes = Number(values.writes);
  const buffer = new Uint8Array(2048);
  const arrivals = koffi.node.poll(tap, { readable: true }, () => {
    takeFrames(tap, vm, writes, buffer);
  });

  startTraffic(values.tap, DEFAULT_SHAPE);
  // Held by what lives as long as the process: a collected handle would watch no longer.
  const end = () => {
    arrivals.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, end);
  if (values.seconds !== undefined) setTimeout(end, Number(values.seconds) * 1000);
  console.log(`${values.name} captures on ${values.tap}`);
}

main();
