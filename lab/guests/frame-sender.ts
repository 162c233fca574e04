/**
 * Sends exactly as many frames as each line on stdin says, and answers with that number when they are on their way.
 *
 *     npx tsx lab/guests/frame-sender.ts --device DEVICE
 */
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Errno, SystemError, send, setSocketOption } from '../../experiment/src/sensor/libc.js';
import { openFrameSender } from '../../experiment/src/sensor/network.js';

/** Less than the 1000 that the kernel queues for a processor whose receive work is late. */
const BURST = 250;
const PAUSE_MS = 2;

/** include/uapi/asm-generic/socket.h */
const SOL_SOCKET = 1;
const SO_SNDBUFFORCE = 32;
/** Frames in the queue of a macvtap are the sender's until they are read: more than any test leaves there. */
const SEND_BUFFER = 1 << 25;

/** From one stranger to another, of a protocol for experiments (IEEE 802, 0x88b5): no stack answers. */
const FRAME = Uint8Array.of(2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5, ...new Uint8Array(46));

async function sendFrames(sender: number, count: number): Promise<void> {
  for (let sent = 0; sent < count;) {
    const result = send(sender, FRAME);
    if (result >= 0) sent++;
    else if (result !== -Errno.ENOBUFS) throw new SystemError('send', -result);
    if (result < 0 || sent % BURST === 0) await sleep(PAUSE_MS);
  }
}

const { values } = parseArgs({ options: { device: { type: 'string' } } });
if (values.device === undefined) throw new Error('say which interface: --device DEVICE');
const sender = openFrameSender(values.device);
setSocketOption(sender, SOL_SOCKET, SO_SNDBUFFORCE, new Uint8Array(Int32Array.of(SEND_BUFFER).buffer));
console.log('ready');
for await (const line of createInterface(process.stdin)) {
  await sendFrames(sender, Number(line));
  console.log(line);
}
process.exit();
