import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Collector, Exposition, type Sink, contentType } from '../exporter/src/exposition/index.js';
import { definition } from './catalogue.js';
import type { Server } from './processes.js';

/** The labels of one series, and its value: of a counter the rise per second. */
type Series = readonly [labels: Record<string, string>, value: number];

const tap = (device: string, direction: string) => ({ stage: 'tap', device, vm: 'sensor', direction });
const nic = { stage: 'nic_driver', device: 'eth0', vm: '', direction: 'receive' };
const vm = { vm: 'sensor' };
const io = { ...vm, class: 'io', reason: 'io' };
const halt = { ...vm, class: 'halt', reason: 'hlt' };
const program = { collector: 'vm_exit', hook: 'tp_btf/kvm_exit' };

/** Exits of the VM per second, each of 24 µs. */
const EXITS = 18_000;
const EXIT_SECONDS = 24e-6;

/**
 * A host with the VM `sensor` on two taps. Both lose a tenth of 20 000 packets a second, an exit is taken for every
 * second delivered packet, and kernel and VMM spend 0.45 s/s on them.
 */
const host: Record<string, readonly Series[]> = {
  trapline_path_packets_total: [
    [tap('tap0', 'transmit'), 18_000],
    [tap('tap1', 'transmit'), 18_000],
    [tap('tap0', 'receive'), 10],
    [nic, 40_000],
  ],
  trapline_path_bytes_total: [
    [tap('tap0', 'transmit'), 18_000 * 256],
    [tap('tap1', 'transmit'), 18_000 * 256],
    [tap('tap0', 'receive'), 640],
    [nic, 40_000 * 256],
  ],
  trapline_path_drops_total: [
    [tap('tap0', 'transmit'), 2_000],
    [tap('tap1', 'transmit'), 2_000],
    [tap('tap0', 'receive'), 0],
    [nic, 3],
  ],
  trapline_vm_exits_total: [
    [io, (EXITS * 2) / 3],
    [halt, EXITS / 3],
  ],
  trapline_vm_exit_seconds_total: [
    [{ ...io, state: 'kernel' }, 0.3],
    [{ ...io, state: 'vmm' }, 0.15],
    [{ ...io, state: 'runqueue' }, 0.05],
    [{ ...halt, state: 'blocked' }, 0.7],
  ],
  trapline_vm_guest_seconds_total: [[vm, 0.8]],
  trapline_vm_userspace_exits_total: [[io, 3_600]],
  trapline_vm_emulated_instructions_total: [[vm, 900]],
  trapline_vm_info: [[{ ...vm, uuid: '', vmm: 'qemu', pid: '7' }, 1]],
  trapline_program_attached: [
    [{ ...program, program: 'on_exit', reason: '' }, 1],
    [{ ...program, program: 'on_emulate', reason: 'the kernel has no such event' }, 0],
  ],
};

const durations = definition('trapline_vm_exit_duration_seconds');

/** That host as the exporter would write it after some seconds. */
function collectorOf(seconds: () => number): Collector {
  return {
    name: 'host',
    help: '',
    metrics: [...Object.keys(host).map(definition), durations],
    collect(sink) {
      const now = seconds();
      for (const [name, series] of Object.entries(host))
        series.forEach((one) => sample(sink, name, one, now));
      const exits = Math.floor(EXITS * now);
      const counts = [
        ...durations.buckets!.map((bound, index, bounds) => inBucket(bounds[index - 1], bound) * exits),
        0,
      ];
      sink.histogram(durations, ['sensor'], counts, exits * EXIT_SECONDS);
    },
  };
}

function sample(sink: Sink, name: string, [labels, value]: Series, seconds: number): void {
  const metric = definition(name);
  const labelValues = metric.labels.map((label) => labels[label]!);
  sink.sample(metric, labelValues, metric.type === 'counter' ? value * seconds : value);
}

/** 1 for the bucket an exit of this host falls in. */
const inBucket = (below: number | undefined, bound: number) =>
  Number(EXIT_SECONDS > (below ?? 0) && EXIT_SECONDS <= bound);

/** Serves that host on a free loopback port, written by the exporter's own code; it counts from the first moment. */
export async function startTarget(): Promise<Server> {
  const start = performance.now();
  const exposition = new Exposition({
    collectors: [collectorOf(() => (performance.now() - start) / 1000)],
    build: { version: '0', kernel: '0', libbpf: '0' },
    log: console,
    processMetrics: false,
  });
  const server = createServer(async (_, response) => {
    response.setHeader('content-type', contentType('text'));
    response.end(await exposition.scrape('text'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
