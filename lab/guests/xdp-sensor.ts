/**
 * An AF_XDP sensor that never gives a buffer back, so that it drops what it has no room for. It answers every line on
 * stdin with a line of JSON: what it has received, and what the kernel's XDP_STATISTICS say.
 *
 *     npx tsx lab/guests/xdp-sensor.ts --device DEVICE --ring 32 --name COMM
 */
import { realpathSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BUFFER_BYTES, XdpSocket } from '../../experiment/src/sensor/xdp_socket.js';

/** Buffers it gives the kernel at first, and for ever. */
export const BUFFERS = 16;
/** The memory it shares with the kernel. */
export const UMEM_BYTES = BUFFERS * BUFFER_BYTES;

/** `received` is the application's own count, from its ring; the rest is XDP_STATISTICS. */
export interface XdpTotals {
  received: number;
  dropped: number;
  ringFull: number;
}

function main(): void {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ options: { device: text, ring: text, name: text } });
  if (values.name !== undefined) writeFileSync('/proc/self/comm', values.name);
  const sensor = new XdpSocket(values.device ?? '', { ring: Number(values.ring), buffers: BUFFERS });
  const totals = (): XdpTotals => ({ received: sensor.received, ...sensor.statistics() });
  console.log('ready');
  createInterface(process.stdin)
    .on('line', () => console.log(JSON.stringify(totals())))
    .on('close', () => process.exit());
}

if (realpathSync(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) main();
