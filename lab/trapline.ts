/** Trapline on a machine of the lab. */
import { join } from 'node:path';
import { CHECKOUT } from './checkout.js';
import type { Machine } from './machine.js';
import type { LabProcess } from './process.js';
import type { LiveSample } from '../exporter/src/live/protocol.js';

export { buildExporter } from './compile.js';

/** Where Trapline listens inside. */
export const TRAPLINE_PORT = 9818;

/** busybox is in the lab anyway, and starts at once. */
const GET = 'busybox wget -q -O';
const BASE = `http://127.0.0.1:${TRAPLINE_PORT}`;

/** Starts `trapline serve` inside and waits until it is ready: some 15 s in the emulated host, a minute in an appliance. */
export async function startTrapline(
  machine: Machine,
  listen = '127.0.0.1',
  ...options: string[]
): Promise<LabProcess> {
  const program = join(CHECKOUT, 'exporter', 'dist', 'main.js');
  const serve = ['serve', '--listen', `${listen}:${TRAPLINE_PORT}`, ...options];
  const process = await machine.spawn(`node ${program} ${serve.join(' ')}`);
  await process.until(`${GET} /dev/null ${BASE}/readyz`, { timeout: 600 });
  return process;
}

/** What `/metrics` says at this moment on a port of the machine. */
export async function scrape(machine: Machine, port = TRAPLINE_PORT): Promise<string> {
  return machine.must(`${GET} - http://127.0.0.1:${port}/metrics`);
}

/** The samples that the live stream starts with, of the last minutes. */
export async function liveHistory(machine: Machine): Promise<LiveSample[]> {
  // The stream has no end: wget is ended by the pipe when the history has been read.
  const line = await machine.must(`${GET} - ${BASE}/live | grep -m 1 '^data: \\['`);
  return JSON.parse(line.slice('data: '.length)) as LiveSample[];
}

/** Watches the live stream until it is stopped: samples are taken about every second then, and seldom otherwise. */
export const watchLive = (machine: Machine): Promise<LabProcess> =>
  machine.spawn(`${GET} /dev/null ${BASE}/live`);
