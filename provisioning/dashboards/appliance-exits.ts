import type { Section } from './layout.js';
import { distribution, lines, stacked } from './panels.js';
import { buckets, range, rate } from './queries.js';

export const exits: Section = {
  title: 'Exits, kicks and injections',
  panels: () => [
    stacked({
      title: 'Which exits does the VM take?',
      description: 'VM exits per second by class; the classes mean the same on Intel and AMD.',
      unit: 'suffix:exits/s',
      targets: [range('A', rate('trapline_vm_exits_total', 'vm, class'), '{{vm}} {{class}}')],
      size: [12, 9],
      next: 'host',
    }),
    stacked({
      title: 'Who spends the time of an exit?',
      description:
        'Seconds per second between exit and next entry: kernel and VMM are the cost, runqueue is waiting for a CPU, blocked is an idle guest.',
      unit: 'suffix:s/s',
      targets: [range('A', rate('trapline_vm_exit_seconds_total', 'vm, state'), '{{vm}} {{state}}')],
      size: [12, 9],
      next: 'host',
    }),
    distribution({
      title: 'How long do exits take?',
      description:
        'Exits per second by their duration without blocked time. A second band far above the first is usually the VMM.',
      unit: 's',
      targets: [buckets('A', rate('trapline_vm_exit_duration_seconds_bucket', 'le'))],
      size: [12, 9],
      next: 'host',
    }),
    lines({
      title: 'How much of the time does the guest run?',
      description:
        'Seconds per second the vCPUs of the VM spend in the guest: 2 means that two vCPUs run all the time.',
      unit: 'suffix:s/s',
      targets: [range('A', rate('trapline_vm_guest_seconds_total', 'instance, vm'), '{{vm}}')],
      size: [12, 9],
      next: 'host',
    }),
    stacked({
      title: 'Which exits reach the VMM?',
      description:
        'Exits per second that KVM could not answer in the kernel. With vhost the packets themselves should cause none.',
      unit: 'suffix:exits/s',
      targets: [range('A', rate('trapline_vm_userspace_exits_total', 'vm, class'), '{{vm}} {{class}}')],
      size: [6, 8],
      next: 'host',
    }),
    lines({
      title: 'Does KVM have to emulate instructions?',
      description: 'Guest instructions per second that KVM fetched, decoded and executed itself.',
      unit: 'ops',
      targets: [range('A', rate('trapline_vm_emulated_instructions_total', 'instance, vm'), '{{vm}}')],
      size: [6, 8],
      next: 'host',
    }),
    stacked({
      title: 'Who answers the doorbells of the guest?',
      description:
        'Kicks per second by who answered: ioeventfd without an exit to the VMM, or the VMM itself, which costs far more.',
      unit: 'suffix:kicks/s',
      targets: [range('A', rate('trapline_virtio_kicks_total', 'vm, path'), '{{vm}} {{path}}')],
      size: [6, 8],
      next: 'host',
    }),
    stacked({
      title: 'How do interrupts reach the guest?',
      description:
        'Interrupts per second given to the guest, by the way they took: fast and deferred come from vhost, vmm from the VMM. What hardware posts by itself is not counted.',
      unit: 'suffix:interrupts/s',
      targets: [range('A', rate('trapline_virtio_injections_total', 'vm, path'), '{{vm}} {{path}}')],
      size: [6, 8],
      next: 'host',
    }),
  ],
};
