/** The emulated host as something to look at: Trapline, a capturing guest, traffic that rises and falls, a local page. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { LabHost } from './host.js';
import type { KernelSeries } from './kernel.js';
import { HOST_MODULES, startNestedGuest } from './nested-guest.js';
import type { Step } from './progress.js';
import { startTraffic } from './traffic.js';
import { TRAPLINE_PORT, buildExporter, startTrapline } from './trapline.js';

/** What to show, and where. */
export interface DemoOptions {
  kernel: KernelSeries;
  /** The port of this machine's loopback that shows the page. */
  port: number;
  step: Step;
}

/** Boots everything. The returned host runs until it is stopped. */
export async function startDemo({ kernel, port, step }: DemoOptions): Promise<LabHost> {
  await demandFreePort(port);
  await step('Compile the exporter', buildExporter);
  const host = await LabHost.boot({
    kernel,
    modules: HOST_MODULES,
    forward: [{ port, to: TRAPLINE_PORT }],
    step,
  });
  try {
    await host.joinOuterNetwork();
    await Promise.all([
      step('Start Trapline inside', () => startTrapline(host, '0.0.0.0')),
      step('Boot a nested guest that captures', async () => {
        const guest = await startNestedGuest(host);
        await startTraffic(host, guest.wiring.wire);
      }),
    ]);
    return host;
  } catch (error) {
    await host.stop();
    throw error;
  }
}

async function demandFreePort(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening').catch(() => {
    throw new Error(`the port ${port} cannot be used; choose another: npm run lab -- --port 9000`);
  });
  server.close();
  await once(server, 'close');
}
