import { hostname } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PortWriter } from '../../lab/guests/port-writer.js';
import type { LiveEvents, LiveMachine, LiveSample } from '../src/live/protocol.js';
import { Exporter } from './exporter.js';
import { ground, missing } from './ground.js';

const WRITES = 1000;

describe.skipIf(!ground.root || !ground.btf || !ground.kvm)(
  `the live stream of this machine${missing('root', 'btf', 'kvm')}`,
  () => {
    let exporter: Exporter;
    beforeEach(async () => {
      exporter = await Exporter.start();
    });
    afterEach(() => exporter.stop());

    it('says of a guest what its VMM counted, under a name that is only text', async () => {
      const name = 'a"b\\c{},<b>🐟';
      const guest = await PortWriter.start(name);
      await guest.write(WRITES);
      const { sample } = await firstEvents(exporter, ({ vms }) =>
        vms.some(({ vm, userspaceExits }) => vm === name && userspaceExits !== undefined),
      );
      // The writes, and the halt that ends the round.
      expect(sample.vms.filter(({ vm }) => vm === name)).toEqual([{ vm: name, userspaceExits: WRITES + 1 }]);
      await guest.stop();
    });

    it('agrees with the scrapes before and after it', async () => {
      const before = await exporter.scrape();
      const { sample, machine } = await firstEvents(exporter);
      const after = await exporter.scrape();
      const between = (value: number, metric: string, labels: Record<string, string> = {}): void => {
        expect(value, metric).toBeGreaterThanOrEqual(before.sum(metric, labels) - 1e-5);
        expect(value, metric).toBeLessThanOrEqual(after.sum(metric, labels) + 1e-5);
      };
      for (const [activity, seconds] of Object.entries(sample.cpu!))
        between(seconds, 'trapline_cpu_seconds_total', { activity });
      for (const { stage, device, packets, drops, rxDropped } of sample.path) {
        const labels = { stage, device, direction: 'receive' };
        between(packets!, 'trapline_path_packets_total', labels);
        const lost = stage === 'bridge' ? 'trapline_bridge_drops_total' : 'trapline_path_drops_total';
        for (const [count, metric, of] of [
          [drops, lost, stage === 'bridge' ? { device } : labels],
          [rxDropped, 'trapline_path_rx_dropped_total', { stage, device }],
        ] as const) {
          expect(count !== undefined, `${stage} ${metric}`).toBe(before.find(metric, of).length > 0);
          if (count !== undefined) between(count, metric, of);
        }
      }
      for (const { device, polled } of sample.nics)
        between(polled ?? 0, 'trapline_napi_packets_total', { device });
      between(sample.softirqs!['net_rx']!.seconds!, 'trapline_softirq_seconds_total', { vector: 'net_rx' });
      const runs = sample.softirqs!['net_rx']!.waits!.reduce((sum, count) => sum + count, 0);
      between(runs, 'trapline_softirq_latency_seconds_count', { vector: 'net_rx' });
      between(sample.squeezed!, 'trapline_softnet_squeezed_total');

      const programs = before.find('trapline_program_attached');
      const absent = machine.missing.flatMap((each) => each.programs);
      expect(machine.host).toBe(hostname());
      expect(machine.role).toBe(before.find('trapline_machine_info')[0]!.labels['role']);
      expect(machine.attached).toBe(programs.filter(({ value }) => value === 1).length);
      expect(absent).toEqual(
        programs.filter(({ value }) => value === 0).map(({ labels }) => labels['program']),
      );
    });
  },
);

/** What the stream tells of the machine, and its first sample that is wanted. */
async function firstEvents(
  exporter: Exporter,
  wanted: (sample: LiveSample) => boolean = () => true,
): Promise<{ machine: LiveMachine; sample: LiveSample }> {
  const told: Partial<LiveEvents> = {};
  const abort = new AbortController();
  const { body } = await fetch(`${exporter.url}/live`, { signal: abort.signal });
  let text = '';
  for await (const chunk of body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const events = text.split('\n\n');
    text = events.pop()!;
    for (const event of events) {
      const [, name, json] = /^event: (\w+)\ndata: (.*)$/.exec(event) ?? [];
      if (name !== undefined) Object.assign(told, { [name]: JSON.parse(json!) as unknown });
    }
    const { machine, sample } = told;
    if (machine && sample && wanted(sample)) {
      abort.abort();
      return { machine, sample };
    }
  }
  throw new Error('the stream ended');
}
