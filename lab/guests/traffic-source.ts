/**
 * Sends frames out of an interface at a rate that rises and falls like a day in a minute, with noise and bursts.
 *
 *     npx tsx lab/guests/traffic-source.ts --device DEVICE [--low 200] [--high 4000] [--period 60] [--bytes 512]
 *
 * Runs until it is killed. The frames go from one machine that does not exist to another, so that only who captures
 * takes them, and no network stack answers.
 */
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Errno, SystemError, send } from '../../experiment/src/sensor/libc.js';
import { openFrameSender } from '../../experiment/src/sensor/network.js';

/** How a traffic source behaves. */
export interface TrafficShape {
  /** Frames per second in the valley and on the peak. */
  low: number;
  high: number;
  /** Seconds from one peak to the next. */
  period: number;
  /** Length of a frame, without its check sum. */
  bytes: number;
}

export const DEFAULT_SHAPE: Readonly<TrafficShape> = { low: 200, high: 4000, period: 60, bytes: 512 };

const TICK_MS = 10;
const NOISE = 0.15;
/** How much of the noise is left after one tick: it fades within about a second, so that it shows on a one-second grid. */
const NOISE_MEMORY = 0.99;
/** On the peak a burst comes about every two seconds, and far seldomer in the valley. */
const BURST_CHANCE = 0.005;
const BURST_FRAMES = 300;

const ETHERTYPE_IPV4 = 0x0800;
const IPPROTO_UDP = 17;
const DISCARD_PORT = 9;
const ETHERNET_HEADER = 14;
const IP_HEADER = 20;

/** The mean rate in frames per second after `seconds`: a wave between low and high, even on a logarithmic scale. */
export function meanRate({ low, high, period }: TrafficShape, seconds: number): number {
  const height = (1 - Math.cos((2 * Math.PI * seconds) / period)) / 2;
  return low * (high / low) ** height;
}

/** Sends from now on, a few frames every tick of a timer. Throws `SystemError` at once without the interface, later when it goes. */
export function startTraffic(device: string, shape: TrafficShape): void {
  const sender = openFrameSender(device);
  const frame = frameBetweenOthers(shape.bytes);
  const start = performance.now();
  let last = start;
  let owed = 0;
  let noise = 0;
  setInterval(() => {
    const now = performance.now();
    const rate = meanRate(shape, (now - start) / 1000);
    noise = noise * NOISE_MEMORY + NOISE * Math.sqrt(1 - NOISE_MEMORY ** 2) * normal();
    owed += (rate * Math.exp(noise) * (now - last)) / 1000;
    if (Math.random() < (BURST_CHANCE * rate) / shape.high) owed += BURST_FRAMES;
    for (; owed >= 1; owed--) sendFrame(sender, frame);
    last = now;
  }, TICK_MS);
}

function sendFrame(sender: number, frame: Uint8Array): void {
  const result = send(sender, frame);
  // A full queue refuses the frame: that is the loss this source exists to cause.
  if (result < 0 && result !== -Errno.ENOBUFS) throw new SystemError('send', -result);
}

/** A UDP datagram from one stranger to another (RFC 5737 addresses), padded to the given length. */
function frameBetweenOthers(bytes: number): Uint8Array {
  const frame = new DataView(new ArrayBuffer(bytes));
  frame.setUint32(0, 0x0200_0000);
  frame.setUint16(4, 2);
  frame.setUint32(6, 0x0200_0000);
  frame.setUint16(10, 1);
  frame.setUint16(12, ETHERTYPE_IPV4);
  writeIpHeader(new DataView(frame.buffer, ETHERNET_HEADER), bytes - ETHERNET_HEADER);
  frame.setUint16(ETHERNET_HEADER + IP_HEADER + 2, DISCARD_PORT);
  frame.setUint16(ETHERNET_HEADER + IP_HEADER + 4, bytes - ETHERNET_HEADER - IP_HEADER);
  return new Uint8Array(frame.buffer);
}

function writeIpHeader(header: DataView, length: number): void {
  header.setUint8(0, 0x45);
  header.setUint16(2, length);
  header.setUint8(8, 64);
  header.setUint8(9, IPPROTO_UDP);
  header.setUint32(12, 0xc000_0201);
  header.setUint32(16, 0xc633_6401);
  let sum = 0;
  for (let at = 0; at < IP_HEADER; at += 2) sum += header.getUint16(at);
  header.setUint16(10, ~((sum & 0xffff) + (sum >> 16)));
}

/** A standard normal number, by Box and Muller. */
function normal(): number {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

function main(): void {
  const number = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { device: { type: 'string' }, low: number, high: number, period: number, bytes: number },
  });
  if (values.device === undefined) throw new Error('say which interface: --device DEVICE');
  startTraffic(values.device, {
    low: Number(values.low ?? DEFAULT_SHAPE.low),
    high: Number(values.high ?? DEFAULT_SHAPE.high),
    period: Number(values.period ?? DEFAULT_SHAPE.period),
    bytes: Number(values.bytes ?? DEFAULT_SHAPE.bytes),
  });
}

if (realpathSync(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) main();
