import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Server } from './processes.js';

/** Labels of one series and how fast it counts, per second; a gauge has no speed but a value. */
type Speed = readonly [labels: string, perSecond: number];

const tap = (device: string, direction: string) =>
  `{stage="tap",device="${device}",vm="sensor",direction="${direction}"}`;

/** Seconds: powers of two from 2⁻²¹ to 1, as the exporter has them. */
const bounds = Array.from({ length: 22 }, (_, index) => 2 ** (index - 21));

/**
 * A host with the VM `sensor` on two taps. Both lose a tenth of 20 000 packets a second, an exit is taken for every
 * second delivered packet, and kernel and VMM spend 0.45 s/s on them.
 */
const counters: Record<string, readonly Speed[]> = {
  trapline_path_packets_total: [
    [tap('tap0', 'transmit'), 18_000],
    [tap('tap1', 'transmit'), 18_000],
    [tap('tap0', 'receive'), 10],
    ['{stage="nic_driver",device="eth0",vm="",direction="receive"}', 40_000],
  ],
  trapline_path_bytes_total: [
    [tap('tap0', 'transmit'), 18_000 * 256],
    [tap('tap1', 'transmit'), 18_000 * 256],
    [tap('tap0', 'receive'), 640],
  ],
  trapline_path_drops_total: [
    [tap('tap0', 'transmit'), 2_000],
    [tap('tap1', 'transmit'), 2_000],
    [tap('tap0', 'receive'), 0],
    ['{stage="nic_driver",device="eth0",vm="",direction="receive"}', 3],
  ],
  trapline_vm_exits_total: [
    ['{vm="sensor",class="io",reason="io"}', 12_000],
    ['{vm="sensor",class="halt",reason="hlt"}', 6_000],
  ],
  trapline_vm_exit_seconds_total: [
    ['{vm="sensor",class="io",reason="io",state="kernel"}', 0.3],
    ['{vm="sensor",class="io",reason="io",state="vmm"}', 0.15],
    ['{vm="sensor",class="io",reason="io",state="runqueue"}', 0.05],
    ['{vm="sensor",class="halt",reason="hlt",state="blocked"}', 0.7],
  ],
  trapline_vm_guest_seconds_total: [['{vm="sensor"}', 0.8]],
  trapline_vm_userspace_exits_total: [['{vm="sensor",class="io",reason="io"}', 3_600]],
  trapline_vm_emulated_instructions_total: [['{vm="sensor"}', 900]],
};

const gauges: readonly string[] = [
  'trapline_build_info{version="0",kernel="6.1",libbpf="1.1"} 1',
  'trapline_vm_info{vm="sensor",uuid="",vmm="qemu",pid="7"} 1',
  'trapline_program_attached{collector="vm_exit",program="on_exit",hook="kvm_exit",reason=""} 1',
  'trapline_program_attached{collector="vm_exit",program="on_wakeup",hook="kvm_vcpu_wakeup",reason="no BTF"} 0',
];

/** The exposition text of that host after it has run for some seconds. */
export function exposition(seconds: number): string {
  const lines = Object.entries(counters).flatMap(([metric, series]) => [
    `# TYPE ${metric} counter`,
    ...series.map(([labels, perSecond]) => `${metric}${labels} ${perSecond * seconds}`),
  ]);
  return [...lines, ...durations(18_000 * seconds), ...gauges, ''].join('\n');
}

/** As many exits in each bucket up to 2⁻¹⁰ s, and none beyond. */
function durations(exits: number): string[] {
  const metric = 'trapline_vm_exit_duration_seconds';
  const bucket = (le: string, count: number) => `${metric}_bucket{vm="sensor",le="${le}"} ${count}`;
  return [
    `# TYPE ${metric} histogram`,
    ...bounds.map((bound, index) => bucket(String(bound), exits * Math.min(1, (index + 1) / 12))),
    bucket('+Inf', exits),
    `${metric}_sum{vm="sensor"} ${exits * 25e-6}`,
    `${metric}_count{vm="sensor"} ${exits}`,
  ];
}

/** Serves that host on a free loopback port; its counters run from the first moment. */
export async function startTarget(): Promise<Server> {
  const start = performance.now();
  const server = createServer((_, response) => response.end(exposition((performance.now() - start) / 1000)));
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
