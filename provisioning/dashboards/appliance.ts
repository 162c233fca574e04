import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { alerts } from '../rules.js';
import { captureCost, datasource, distribution, limits, lines, number, rows, stacked } from './panels.js';
import {
  buckets,
  delivered,
  dropped,
  exitCost,
  lossRatio,
  nowTable,
  perPacket,
  range,
  rate,
} from './queries.js';

const limitOf = (severity: string) => alerts.find((alert) => alert.severity === severity)!.threshold;
const lossLimits = () => limits(limitOf('warning'), limitOf('critical'));

const perVm = 'instance, vm';
const perTap = 'instance, vm, device';

/** *Appliance*: what the captured packets of one virtual appliance cost, and where the others are lost. */
export function appliance(): dashboard.Dashboard {
  const built = new dashboard.DashboardBuilder('Appliance')
    .uid('trapline-appliance')
    .description(
      'What one captured packet costs a virtual appliance, who spends it, and where the rest is lost.',
    )
    .tags(['trapline'])
    .timezone('browser')
    .time({ from: 'now-15m', to: 'now' })
    .refresh('5s')
    .tooltip(dashboard.DashboardCursorSync.Crosshair)
    .readonly();
  [
    new dashboard.DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'),
    chooser('host', 'Host', 'label_values(trapline_build_info, instance)'),
    chooser('vm', 'VM', 'label_values(trapline_vm_info{instance=~"$host"}, vm)'),
  ].forEach((variable) => built.withVariable(variable));
  sections.forEach(({ title, panels }) => {
    built.withRow(new dashboard.RowBuilder(title));
    panels().forEach((panel) => built.withPanel(panel));
  });
  const { panels = [], ...rest } = built.build();
  // Grafana numbers the dashboard itself, but tells its panels apart, and links to them, by the numbers in the file.
  return { ...rest, id: null, panels: panels.map((panel, index) => ({ ...panel, id: index + 1 })) };
}

function chooser(name: string, label: string, query: string): dashboard.QueryVariableBuilder {
  return new dashboard.QueryVariableBuilder(name)
    .label(label)
    .datasource(datasource)
    .query({ query, refId: name })
    .definition(query)
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged)
    .sort(dashboard.VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ text: ['All'], value: ['$__all'] });
}

const sections = [
  {
    title: 'Now',
    panels: () => [
      number({
        title: 'Is traffic lost?',
        description:
          'Share of the packets meant for the VM that its taps dropped. Orange and red begin where the alerts do. SR-IOV and vhost-user traffic crosses no tap and cannot be seen here.',
        unit: 'percentunit',
        targets: [range('A', lossRatio(perVm), '{{vm}}')],
        size: [6, 5],
      }).thresholds(lossLimits()),
      number({
        title: 'How many packets arrive?',
        description: 'Packets per second that the taps of the VM delivered to it.',
        unit: 'pps',
        targets: [range('A', delivered(perVm), '{{vm}}')],
        size: [6, 5],
      }),
      number({
        title: 'What does one packet cost in exits?',
        description:
          'Time that kernel and VMM spend on VM exits, divided by the packets delivered. At 10 Gbit/s and 64 B frames a packet has 67 ns.',
        unit: 's',
        targets: [range('A', perPacket(exitCost(perVm)), '{{vm}}')],
        size: [6, 5],
      }),
      number({
        title: 'How many exits does one packet take?',
        description: 'VM exits of every class, divided by the packets delivered.',
        unit: 'short',
        targets: [range('A', perPacket(rate('trapline_vm_exits_total', perVm)), '{{vm}}')],
        size: [6, 5],
      }),
    ],
  },
  {
    title: 'Throughput and cost',
    panels: () => [
      captureCost(
        {
          title: 'Does the cost follow the throughput?',
          description:
            'Packets delivered against the time kernel and VMM spend on exits. The slope of the line is the cost of one more packet; points that leave it show where something else takes the time.',
          unit: 'short',
          targets: [
            range('throughput', delivered('vm'), '{{vm}} throughput'),
            range('cost', exitCost('vm'), '{{vm}} exit cost'),
            range('loss', lossRatio('vm'), '{{vm}} loss'),
            range('exits', rate('trapline_vm_exits_total', 'vm, class'), '{{vm}} {{class}} exits'),
          ],
          size: [24, 12],
        },
        { throughput: 'pps', cost: 'suffix: s/s', loss: 'percentunit', exits: 'suffix: exits/s' },
      ),
    ],
  },
  {
    title: 'Loss',
    panels: () => [
      lines({
        title: 'How much is lost on the way into the VM?',
        description:
          'Share of the packets meant for the VM that each tap dropped because the guest did not fetch them in time.',
        unit: 'percentunit',
        targets: [range('A', lossRatio(perTap), '{{vm}} {{device}}')],
        size: [12, 8],
      }).thresholds(lossLimits()),
      lines({
        title: 'Where on the host are packets lost?',
        description:
          'Packets dropped per second at each stage of the host, NIC, bridge and taps, as the host counts them: transmit of a tap is towards the guest. Not narrowed by VM, because a NIC belongs to none.',
        unit: 'pps',
        targets: [
          range(
            'A',
            rate('trapline_path_drops_total', 'stage, device, direction', 'instance=~"$host"'),
            '{{stage}} {{device}} {{direction}}',
          ),
        ],
        size: [12, 8],
      }),
    ],
  },
  {
    title: 'Exits',
    panels: () => [
      stacked({
        title: 'Which exits does the VM take?',
        description: 'VM exits per second by class; the classes mean the same on Intel and AMD.',
        unit: 'suffix: exits/s',
        targets: [range('A', rate('trapline_vm_exits_total', 'vm, class'), '{{vm}} {{class}}')],
        size: [12, 9],
      }),
      stacked({
        title: 'Who spends the time of an exit?',
        description:
          'Seconds per second between exit and next entry: kernel and VMM are the cost, runqueue is waiting for a CPU, blocked is an idle guest.',
        unit: 'suffix: s/s',
        targets: [range('A', rate('trapline_vm_exit_seconds_total', 'vm, state'), '{{vm}} {{state}}')],
        size: [12, 9],
      }),
      distribution({
        title: 'How long do exits take?',
        description:
          'Exits per second by their duration without blocked time. A second band far above the first is usually the VMM.',
        unit: 's',
        targets: [buckets('A', rate('trapline_vm_exit_duration_seconds_bucket', 'le'))],
        size: [12, 9],
      }),
      lines({
        title: 'How much of the time does the guest run?',
        description:
          'Seconds per second the vCPUs of the VM spend in the guest: 2 means that two vCPUs run all the time.',
        unit: 'suffix: s/s',
        targets: [range('A', rate('trapline_vm_guest_seconds_total', perVm), '{{vm}}')],
        size: [12, 9],
      }),
      stacked({
        title: 'Which exits reach the VMM?',
        description:
          'Exits per second that KVM could not answer in the kernel. With vhost the packets themselves should cause none.',
        unit: 'suffix: exits/s',
        targets: [range('A', rate('trapline_vm_userspace_exits_total', 'vm, class'), '{{vm}} {{class}}')],
        size: [12, 8],
      }),
      lines({
        title: 'Does KVM have to emulate instructions?',
        description: 'Guest instructions per second that KVM fetched, decoded and executed itself.',
        unit: 'ops',
        targets: [range('A', rate('trapline_vm_emulated_instructions_total', perVm), '{{vm}}')],
        size: [12, 8],
      }),
    ],
  },
  {
    title: 'Taps',
    panels: () => [
      lines({
        title: 'How many packets cross the taps?',
        description: 'Packets per second as the host counts them: transmit is towards the guest.',
        unit: 'pps',
        targets: [tapRate('trapline_path_packets_total')],
        size: [8, 8],
      }),
      lines({
        title: 'How many bytes cross the taps?',
        description: 'Bytes per second as the host counts them: transmit is towards the guest.',
        unit: 'Bps',
        targets: [tapRate('trapline_path_bytes_total')],
        size: [8, 8],
      }),
      lines({
        title: 'How many packets do the taps drop?',
        description: 'Packets per second that found the ring of the tap full.',
        unit: 'pps',
        targets: [range('A', dropped(perTap), '{{vm}} {{device}}')],
        size: [8, 8],
      }),
    ],
  },
  {
    title: 'Trapline itself',
    panels: () => [
      rows({
        title: 'What can Trapline see on this host?',
        description:
          'Every program Trapline attaches to the kernel: 1 is attached; 0 is not, with the reason. What is not attached is missing above, not zero.',
        unit: 'none',
        targets: [nowTable('A', 'trapline_program_attached{instance=~"$host"}')],
        size: [24, 8],
      }).transformations([
        { id: 'organize', options: { excludeByName: { Time: true, __name__: true, job: true } } },
      ]),
    ],
  },
];

function tapRate(metric: string) {
  const taps = rate(metric, 'vm, device, direction', 'stage="tap",instance=~"$host",vm=~"$vm",vm!=""');
  return range('A', taps, '{{vm}} {{device}} {{direction}}');
}
