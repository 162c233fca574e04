import type { Section } from './layout.js';
import { lines, rows, stacked } from './panels.js';
import { dropped, nowTable, onHost, range, rate, recorded } from './queries.js';

const perPacket = [
  ['exits', 'VM exits'],
  ['userspace_exits', 'exits to the VMM'],
  ['kicks', 'kicks'],
  ['injections', 'injections'],
  ['interrupts', 'NIC interrupts'],
] as const;

export const cost: Section = {
  title: 'Cost of one packet',
  panels: () => [
    stacked({
      title: 'Who spends the time of one packet?',
      description:
        'Seconds per captured packet by who spends them. Time of interrupts and softirqs is the host’s, shared by packets; part of it passes during exits and is in both.',
      unit: 's',
      targets: [
        range(
          'A',
          recorded('instance_vm_payer:trapline_cost_seconds_per_packet:ratio_rate1m', 'vm, payer'),
          '{{vm}} {{payer}}',
        ),
        range(
          'B',
          recorded('instance_vm:trapline_packet_budget_seconds:ratio_rate1m', 'vm'),
          '{{vm}} budget',
        ),
      ],
      size: [12, 9],
      next: 'host',
    }).overrideByQuery('B', [
      { id: 'custom.stacking', value: { mode: 'none' } },
      { id: 'custom.fillOpacity', value: 0 },
      { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 8] } },
    ]),
    lines({
      title: 'How often does one packet interrupt somebody?',
      description:
        'Exits, doorbells and interrupts per captured packet. Well below one, several packets share each; near one, nothing is saved.',
      unit: 'short',
      targets: perPacket.map(([name, legend], index) =>
        range(
          'ABCDE'[index]!,
          recorded(`instance_vm:trapline_${name}_per_packet:ratio_rate1m`, 'vm'),
          `{{vm}} ${legend}`,
        ),
      ),
      size: [12, 9],
      next: 'host',
    }),
    lines({
      title: 'Who is the bottleneck?',
      description:
        'Share of the time in which the vCPUs are not asleep, and in which the vhost workers run or wait for a CPU. A guest that polls is never asleep.',
      unit: 'percentunit',
      targets: [
        range(
          'A',
          recorded('instance_vm_worker:trapline_busy:ratio_rate1m', 'vm, worker'),
          '{{vm}} {{worker}}',
        ),
      ],
      size: [8, 9],
      next: 'host',
    }).max(1),
    stacked({
      title: 'What do host CPUs do for the VM?',
      description:
        'Seconds per second of the host’s CPUs by what they do for this VM. Interrupts and polling belong to no VM yet: see the host.',
      unit: 'suffix:s/s',
      targets: [range('A', rate('trapline_cpu_seconds_total', 'vm, activity'), '{{vm}} {{activity}}')],
      size: [8, 9],
      next: 'host',
    }),
    stacked({
      title: 'What do the CPUs of the VM do?',
      description:
        'Seconds per second of the vCPUs by what they are at, as Trapline inside the VM sees them; empty where it does not run there.',
      unit: 'suffix:s/s',
      targets: [
        range(
          'A',
          recorded('instance_vm_activity:trapline_guest_cpu_seconds:rate1m', 'vm, activity'),
          '{{vm}} {{activity}}',
        ),
      ],
      size: [8, 9],
      next: 'trapline',
    }),
  ],
};

export const taps: Section = {
  title: 'Taps and vhost',
  panels: () => [
    lines({
      title: 'How many packets cross the taps?',
      description: 'Packets per second as the host counts them: transmit is towards the guest.',
      unit: 'pps',
      targets: [tapRate('trapline_path_packets_total')],
      size: [6, 8],
      next: 'host',
    }),
    lines({
      title: 'How many bytes cross the taps?',
      description: 'Bytes per second as the host counts them: transmit is towards the guest.',
      unit: 'Bps',
      targets: [tapRate('trapline_path_bytes_total')],
      size: [6, 8],
      next: 'host',
    }),
    lines({
      title: 'How many packets do the taps drop?',
      description: 'Packets per second that found the ring of the tap full.',
      unit: 'pps',
      targets: [range('A', dropped('instance, vm, device'), '{{vm}} {{device}}')],
      size: [6, 8],
      next: 'host',
    }),
    stacked({
      title: 'Does vhost get a CPU?',
      description: 'Seconds per second in which vhost workers run, and in which they wait for a CPU.',
      unit: 'suffix:s/s',
      targets: [range('A', rate('trapline_vhost_seconds_total', 'vm, state'), '{{vm}} {{state}}')],
      size: [6, 8],
      next: 'host',
    }),
    rows(
      {
        title: 'Which machine is the VM seen from inside?',
        description:
          'The exporter that runs inside each VM, found by the uuid that both sides know. A VM that is missing has none that is scraped, or shares its uuid with another.',
        unit: 'none',
        targets: [nowTable('A', `instance_vm_guest:trapline_guest:info{${onHost},vm=~"$vm"}`)],
        size: [24, 5],
        next: 'trapline',
      },
      ['Value'],
    ),
  ],
};

function tapRate(metric: string) {
  const matchers = `stage="tap",${onHost},vm=~"$vm",vm!=""`;
  return range('A', rate(metric, 'vm, device, direction', matchers), '{{vm}} {{device}} {{direction}}');
}
