import { CAPTURE_LOSS } from '../alerts/index.js';
import type { Section } from './layout.js';
import { limits, lines, number, rows } from './panels.js';
import { alongTheWay, nowTable, ofVmAndHost, range, recorded } from './queries.js';

const perVm = 'instance, vm';
const lossLimits = () => limits(CAPTURE_LOSS.warning, CAPTURE_LOSS.critical);

export const now: Section = {
  title: 'Now',
  panels: () => [
    number({
      title: 'Is traffic lost?',
      description:
        'Share of the packets meant for the VM that were lost on their way from the NIC to the capture, as far as it is seen. Orange and red begin where the alerts do. SR-IOV and vhost-user traffic crosses no tap and cannot be seen here.',
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
        'Share of the packets that came to a stage and were dropped there: hop by hop from the tap (0) outwards on the way to the VM, in its host, and inside the VM while Trapline runs in it.',
      unit: 'percentunit',
      targets: [
        range(
          'A',
          alongTheWay(
            'instance_vm_tap_hop_stage:trapline_loss:ratio_rate1m',
            'instance_vm_stage:trapline_loss:ratio_rate1m',
            'stage',
          ),
          '{{vm}} {{tap}} {{hop}} {{stage}}',
        ),
      ],
      size: [12, 8],
      next: 'host',
    }).thresholds(lossLimits()),
    lines({
      title: 'How many packets are dropped, and where?',
      description:
        'Packets dropped per second by hop, stage and device: on the way to the VM, in its host, and inside the VM. A device that several VMs share drops for all of them.',
      unit: 'pps',
      targets: [
        range(
          'A',
          alongTheWay(
            'instance_vm_tap_hop_stage_device:trapline_dropped:rate1m',
            'instance_vm_stage_device_process_container:trapline_dropped:rate1m',
            'stage, device',
          ),
          '{{vm}} {{tap}} {{hop}} {{stage}} {{device}}',
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
