/**
 * A guest with a network card that takes frames only when it is told to: a VM that never runs, and the queues of a tap or
 * macvtap.
 *
 *     npx tsx lab/guests/tap-holder.ts (--tap DEVICE... --length FRAMES [--queues N] | --file PATH) [--name NAME] [--by-child] [--fork]
 *
 * Prints "ready". Each line on stdin is answered with the number of frames that waited, which are then taken. With --by-child
 * another process holds the card, as crosvm has it; with --fork another one holds the same files, and does nothing.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { forkSleeper, O_NONBLOCK, openDevice, read } from '../../experiment/src/sensor/libc.js';
import { openTap } from '../../experiment/src/sensor/network.js';
import { nameProcessAsGuest } from './guest-name.js';
import { TinyVm } from './tiny-vm.js';

/** Longer than any frame of a test. */
const ROOM = 2048;

function takeFrames(queues: readonly number[]): number {
  const buffer = new Uint8Array(ROOM);
  let frames = 0;
  for (const queue of queues) while (read(queue, buffer) > 0) frames++;
  return frames;
}

const args = nameProcessAsGuest();
const { values } = parseArgs({
  args,
  options: {
    tap: { type: 'string', multiple: true },
    length: { type: 'string', default: '1000' },
    queues: { type: 'string', default: '1' },
    file: { type: 'string' },
    name: { type: 'string' },
    'by-child': { type: 'boolean', default: false },
    fork: { type: 'boolean', default: false },
    'no-vm': { type: 'boolean', default: false },
  },
});

function openQueues(): number[] {
  if (values.file !== undefined) return [openDevice(values.file, O_NONBLOCK)];
  if (values.tap === undefined) throw new Error('say which device: --tap DEVICE or --file PATH');
  const queues = Number(values.queues);
  return values.tap.flatMap((tap) =>
    Array.from({ length: queues }, () => openTap(tap, Number(values.length), queues > 1)),
  );
}

if (!values['no-vm']) new TinyVm();
if (values['by-child']) {
  const own = args.filter((arg) => arg !== '--by-child');
  const child = spawn(
    process.execPath,
    [...process.execArgv, fileURLToPath(import.meta.url), ...own, '--no-vm'],
    {
      stdio: 'inherit',
    },
  );
  await once(child, 'exit');
} else {
  const queues = openQueues();
  if (values.fork) forkSleeper();
  console.log('ready');
  const lines = createInterface(process.stdin).on('line', () => console.log(takeFrames(queues)));
  await once(lines, 'close');
}
process.exit();
