import { counter, type Sink } from '../../exposition/metric.js';
import type { Fleet } from '../fleet.js';
import type { RunningCollector } from '../module.js';
import type { DoorbellLedger, Doorbells } from './doorbells.js';
import type { VhostLedger, VhostTime } from './vhost.js';

const kicks = counter(
  'trapline_virtio_kicks_total',
  'Times a guest rang a doorbell, by who answered. ioeventfd: the kernel told vhost or a thread of the VMM, without an exit to it. vmm: the VMM had to carry out a single write of 2 or 4 bytes to a port or to device memory; that is a doorbell without ioeventfd, but also any other register of its devices that is written in this size (PCI configuration and MSI-X entries, mostly at boot). Source: fexit on ioeventfd_write with result 0, and on kvm_arch_vcpu_ioctl_run.',
  ['vm', 'path'],
);
const injections = counter(
  'trapline_virtio_injections_total',
  'Interrupts given to a guest, by the way they took. fast: from an irqfd, at once. deferred: from an irqfd, through a kernel worker, because the interrupt could not be given without sleeping. vmm: the VMM asked for it (KVM_SIGNAL_MSI, or KVM_IRQ_LINE raising a line), for any of its devices. The guest sees one interrupt where it was given the same one twice before it took it. Interrupts that hardware posts to the guest by itself (irqbypass) run no code here and are not counted. Source: fexit on kvm_arch_set_irq_inatomic, kvm_send_userspace_msi and kvm_vm_ioctl_irq_line, fentry on irqfd_inject.',
  ['vm', 'path'],
);
const vhostSeconds = counter(
  'trapline_vhost_seconds_total',
  'Time of the vhost workers of a VM (network and others): running on a CPU, or in the runqueue waiting for one. What a worker did between the last look at it, at most 5 s ago (30 s among hundreds of VMs), and its end is missing. Source: /proc/<pid>/schedstat of the threads called vhost-<pid>; before Linux 6.4, when they are kernel threads, where the kernel lists the children of kthreadd (CONFIG_PROC_CHILDREN).',
  ['vm', 'state'],
);

export const virtioDescription = {
  name: 'virtio',
  help: 'Kicks and interrupts between VMs and their host, by eBPF, and the time of vhost workers, from /proc',
  metrics: [kicks, injections, vhostSeconds],
};

/** Writes what passes between a VM and its host. */
export class VirtioCollector implements RunningCollector {
  readonly name = virtioDescription.name;
  readonly help = virtioDescription.help;
  readonly metrics = virtioDescription.metrics;

  /** Without `doorbells` the kernel has refused their tables. */
  constructor(
    private readonly vhost: { ledger: VhostLedger; fleet: Fleet<VhostTime> },
    private readonly doorbells: { ledger: DoorbellLedger; fleet: Fleet<Doorbells> } | undefined,
  ) {}

  collect(sink: Sink): void {
    if (this.doorbells) {
      const { ledger, fleet } = this.doorbells;
      for (const [vm, sums] of fleet.byName(ledger.read())) {
        for (const [path, count] of Object.entries(sums.kicks)) sink.sample(kicks, [vm, path], count);
        for (const [path, count] of Object.entries(sums.injections))
          sink.sample(injections, [vm, path], count);
      }
    }
    for (const [vm, { running, runqueue }] of this.vhost.fleet.byName(this.vhost.ledger.read())) {
      sink.sample(vhostSeconds, [vm, 'running'], running / 1e9);
      sink.sample(vhostSeconds, [vm, 'runqueue'], runqueue / 1e9);
    }
  }

  lost(): Record<string, number> {
    return this.doorbells?.ledger.lost() ?? {};
  }
}
