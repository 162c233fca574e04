import { CAPTURE_LOSS } from '../alerts/index.js';
import type { Section } from './layout.js';
import { limits, lines, number, rows, stacked } from './panels.js';
import { dropped, nowTable, ofVmAndHost, onHost, range, rate, recorded } from './queries.js';

const perVm = 'instance, vm';
export const lossLimits = () => limits(CAPTURE_LOSS.warning, CAPTURE_LOSS.critical);

export const now: Section = {
  title: 'Now',
  panels: () => [
    number({
      title: 'Is traffic lost?',
      description:
        'Share of the packets meant for the VM that were lost at any stage from its tap on, as far as it is seen. Orange and red begin where the alerts do. SR-IOV and vhost-user traffic crosses no tap and cannot be seen here.',
      unit: 'percentunit',
      targets: [range('A', recorded('instance_vm:trapline_loss:ratio_rate1m', perVm), '{{vm}}')],
      size: [5, 5],
      next: 'fleet',
    }).thresholds(lossLimits()),
    number({
      title: 'How many packets are captured?',
      description:
        'Packets per second that capture sockets in the VM take; where no exporter runs in it, what its taps deliver.',
      unit: 'pps',
      targets: [range('A', recorded('instance_vm:trapline_captured:rate1m', perVm), '{{vm}}')],
      size: [5, 5],
      next: 'host',
    }),
    number({
      title: 'What does one packet cost?',
      description:
        'Time that all who work on a captured packet spend on it together. At 10 Gbit/s and 64 B frames there are 67 ns.',
      unit: 's',
      targets: [
        range(
          'A',
          recorded('instance_vm_payer:trapline_cost_seconds_per_packet:ratio_rate1m', perVm),
          '{{vm}}',
        ),
      ],
      size: [5, 5],
      next: 'host',
    }),
    number({
      title: 'How many exits does one packet take?',
      description: 'VM exits of every class, divided by the packets captured.',
      unit: 'short',
      targets: [range('A', recorded('instance_vm:trapline_exits_per_packet:ratio_rate1m', perVm), '{{vm}}')],
      size: [5, 5],
      next: 'fleet',
    }),
    number({
      title: 'How near is the limit?',
      description:
        'Share of the packet budget that is gone: how busy the vCPUs or the vhost workers are, whichever are busier. Above 90 % a little more traffic is lost.',
      unit: 'percentunit',
      targets: [
        range('A', recorded('instance_vm:trapline_packet_budget_used:ratio_rate1m', perVm), '{{vm}}'),
      ],
      size: [4, 5],
      next: 'host',
    }).thresholds(limits(0.8, 0.9)),
  ],
};

export const loss: Section = {
  title: 'Loss',
  panels: () => [
    lines({
      title: 'Which stage loses how much?',
      description:
        'Share of the packets that came to a stage and were dropped there: of the host, of the taps of the VM, and of the VM itself while Trapline runs in it.',
      unit: 'percentunit',
      targets: [
        range(
          'A',
          recorded('instance_vm_stage:trapline_loss:ratio_rate1m', 'instance, vm, stage', ofVmAndHost),
          '{{vm}} {{stage}}',
        ),
      ],
      size: [12, 8],
      next: 'host',
    }).thresholds(lossLimits()),
    lines({
      title: 'How many packets are dropped, and where?',
      description: 'Packets dropped per second by stage, device and process.',
      unit: 'pps',
      targets: [
        range(
          'A',
          recorded(
            'instance_vm_stage_device_process:trapline_dropped:rate1m',
            'vm, stage, device, process',
            ofVmAndHost,
          ),
          '{{vm}} {{stage}} {{device}} {{process}}',
        ),
      ],
      size: [12, 8],
      next: 'host',
    }),
    rows(
      {
        title: 'Which packets cannot be seen?',
        description:
          'Interfaces whose packets pass the host’s kernel by, and why. What is listed here is missing above, not zero.',
        unit: 'none',
        targets: [nowTable('A', `trapline_path_invisible{${ofVmAndHost}}`)],
        size: [24, 5],
        next: 'trapline',
      },
      ['Value'],
    ),
  ],
};

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
      unit: 'suffix: s/s',
      targets: [range('A', rate('trapline_cpu_seconds_total', 'vm, activity'), '{{vm}} {{activity}}')],
      size: [8, 9],
      next: 'host',
    }),
    stacked({
      title: 'What do the CPUs of the VM do?',
      description:
        'Seconds per second of the vCPUs by what they are at, as Trapline inside the VM sees them; empty where it does not run there.',
      unit: 'suffix: s/s',
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
      unit: 'suffix: s/s',
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
