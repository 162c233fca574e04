/** Trapline inside the emulated host. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { CHECKOUT, type LabHost } from './host.js';
import { command } from './command.js';
import type { LabProcess } from './process.js';
import type { LiveSample } from '../exporter/src/live/protocol.js';

/** Where Trapline listens inside. */
export const TRAPLINE_PORT = 9818;

/** busybox is in the lab anyway, and starts at once. */
const GET = 'busybox wget -q -O';
const BASE = `http://127.0.0.1:${TRAPLINE_PORT}`;

/** Compiles this checkout's exporter. */
export async function buildExporter(): Promise<void> {
  const compiler = join(CHECKOUT, 'node_modules', '.bin', 'tsc');
  await access(compiler).catch(() => {
    throw new Error('the dependencies are not installed; run: npm ci');
  });
  await command(compiler, ['-p', join(CHECKOUT, 'exporter')]);
}

/** Starts `trapline serve` inside and waits until it is ready: some 15 s under emulation. */
export async function startTrapline(
  host: LabHost,
  { listen = '127.0.0.1', options = '' }: { listen?: string; options?: string } = {},
): Promise<LabProcess> {
  const program = join(CHECKOUT, 'exporter', 'dist', 'main.js');
  const process = await host.spawn(`node ${program} serve --listen ${listen}:${TRAPLINE_PORT} ${options}`);
  await process.until(`${GET} /dev/null ${BASE}/readyz`, { timeout: 240 });
  return process;
}

/** What `/metrics` says at this moment. */
export async function scrape(host: LabHost): Promise<string> {
  return host.must(`${GET} - ${BASE}/metrics`);
}

/** The samples that the live stream starts with: one about every second, for the last minutes. */
export async function liveHistory(host: LabHost): Promise<LiveSample[]> {
  // The stream has no end: wget is ended by the pipe when the history has been read.
  const line = await host.must(`${GET} - ${BASE}/live | grep -m 1 '^data: \\['`);
  return JSON.parse(line.slice('data: '.length)) as LiveSample[];
}
