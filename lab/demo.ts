/** The emulated host as something to look at: Trapline, a capturing appliance, traffic that rises and falls, a local page. */
import { APPLIANCE_TRAPLINE_PORT, Appliance } from './appliance.js';
import { demandFreePort } from './free_port.js';
import { LabHost } from './host.js';
import type { KernelSeries } from './kernel.js';
import { HOST_MODULES, startNestedGuest } from './nested-guest.js';
import type { Step } from './progress.js';
import { startTraffic } from './traffic.js';
import { TRAPLINE_PORT, buildExporter, startTrapline } from './trapline.js';

/** What to show, and where. */
export interface DemoOptions {
  kernel: KernelSeries;
  /** The port of this machine's loopback that shows the host's page. */
  port: number;
  /** The one that shows the appliance's; without it no Trapline runs in there. */
  appliancePort?: number | undefined;
  step: Step;
}

/** What runs until the host is stopped. */
export interface Demo {
  host: LabHost;
  /** The appliance when Trapline in it is ready, if there is to be one: some two minutes after the rest. */
  applianceReady: Promise<Appliance | undefined>;
}

/** Boots everything. Resolves when the host's page shows an appliance that captures. */
export async function startDemo({ kernel, port, appliancePort, step }: DemoOptions): Promise<Demo> {
  await demandFreePort(port);
  if (appliancePort !== undefined) await demandFreePort(appliancePort);
  await step('Compile the exporter', buildExporter);
  const forward = [
    { port, to: TRAPLINE_PORT },
    ...(appliancePort === undefined ? [] : [{ port: appliancePort, to: APPLIANCE_TRAPLINE_PORT }]),
  ];
  const host = await LabHost.boot({ kernel, modules: HOST_MODULES, forward, step });
  try {
    await host.joinOuterNetwork();
    const [appliance] = await Promise.all([
      step('Boot an appliance that captures', () =>
        appliancePort === undefined ? startLeanCapture(host) : startCapture(host),
      ),
      step('Start Trapline on the host', () => startTrapline(host, '0.0.0.0')),
    ]);
    if (!appliance) return { host, applianceReady: Promise.resolve(undefined) };
    const ready = step('Start Trapline in the appliance', async () => {
      await startTrapline(appliance, '0.0.0.0');
      return appliance;
    });
    // Where nobody waits for it, the end of the host is no failure.
    ready.catch(() => undefined);
    return { host, applianceReady: ready };
  } catch (error) {
    await host.stop();
    throw error;
  }
}

/** An appliance that can do nothing but capture. */
async function startLeanCapture(host: LabHost): Promise<undefined> {
  const { wiring } = await startNestedGuest(host);
  await startTraffic(host, wiring.wire);
  return undefined;
}

async function startCapture(host: LabHost): Promise<Appliance> {
  const appliance = await Appliance.start(host);
  const tcpdump = await appliance.spawn('tcpdump -Z root -i eth0 -s 128 -w /dev/null');
  await tcpdump.until('test "$(wc -l < /proc/net/packet)" -gt 1');
  await startTraffic(host, appliance.wiring.wire);
  return appliance;
}
