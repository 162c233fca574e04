import { counter, histogram, type Sink } from '../../exposition/metric.js';
import { code_space } from '../../kernel/index.js';
import { DURATION_BOUNDS } from '../durations.js';
import type { RunningCollector } from '../module.js';
import type { Ledger } from './ledger.js';
import { reasonOf } from './reasons.js';
import type { ReasonTotals } from './totals.js';
import type { VmTotals } from './vm_totals.js';

const exits = counter(
  'trapline_vm_exits_total',
  'VM exits by reason; class unites what Intel and AMD call differently. Source: tracepoint kvm_exit.',
  ['vm', 'class', 'reason'],
);
const exitSeconds = counter(
  'trapline_vm_exit_seconds_total',
  'Time from a VM exit to the next entry, by the reason of the exit and by where it went: kernel and vmm (on the CPU; their sum is the cost of exits), runqueue (ready but waiting for a CPU) and blocked (asleep). With trapline_vm_guest_seconds_total they add up to the wall time of the vCPU threads. Not comparable between kernels before and since 6.6 on AMD, where kvm_exit moved before the handling of host interrupts. Source: kvm_exit, kvm_userspace_exit and kvm_entry.',
  ['vm', 'class', 'reason', 'state'],
);
const exitDuration = histogram(
  'trapline_vm_exit_duration_seconds',
  'Duration of VM exits without the time asleep: kernel + vmm + runqueue. Source: kvm_exit and kvm_entry.',
  ['vm'],
  DURATION_BOUNDS,
);
const guestSeconds = counter(
  'trapline_vm_guest_seconds_total',
  'Time the vCPUs ran guest code. Source: kvm_entry and kvm_exit.',
  ['vm'],
);
const userspaceExits = counter(
  'trapline_vm_userspace_exits_total',
  'Runs of a vCPU that ended in the VMM, by reason (KVM_EXIT_*; intr: interrupted by a signal or the VMM; error: failed).',
  ['vm', 'class', 'reason'],
);
const emulated = counter(
  'trapline_vm_emulated_instructions_total',
  'Instructions that KVM decoded and executed in place of the processor. Source: tracepoint kvm_emulate_insn.',
  ['vm'],
);
const flags = counter(
  'trapline_vm_exit_flags_total',
  'VM exits whose VMX reason carried a flag: bus_lock, enclave or failed_entry. Source: kvm_exit.',
  ['vm', 'flag'],
);

export const vmExitDescription = {
  name: 'vm_exit',
  help: 'VM exits, their time and their reasons, by eBPF on the kvm tracepoints',
  metrics: [exits, exitSeconds, exitDuration, guestSeconds, userspaceExits, emulated, flags],
};

/** Writes the sums of every VM. */
export class VmExitCollector implements RunningCollector {
  readonly name = vmExitDescription.name;
  readonly help = vmExitDescription.help;
  readonly metrics = vmExitDescription.metrics;

  constructor(
    private readonly vms: VmTotals,
    private readonly ledger: Pick<Ledger, 'lost'>,
    private readonly keepUp: () => void,
  ) {}

  *collect(sink: Sink): Generator<void> {
    this.keepUp();
    for (const [vm, totals] of yield* this.vms.read()) {
      for (const each of totals.reasons.values()) {
        const { reason, class: exitClass } = reasonOf(each.space, each.code);
        if (each.space !== code_space.SPACE_USERSPACE) writeExits(sink, vm, exitClass, reason, each);
        else sink.sample(userspaceExits, [vm, exitClass, reason], each.count);
      }
      sink.sample(guestSeconds, [vm], seconds(totals.guest));
      sink.sample(emulated, [vm], totals.emulatedInstructions);
      sink.sample(flags, [vm, 'bus_lock'], totals.busLock);
      sink.sample(flags, [vm, 'enclave'], totals.enclave);
      sink.sample(flags, [vm, 'failed_entry'], totals.failedEntry);
      sink.histogram(exitDuration, [vm], totals.durations, seconds(totals.duration));
      yield;
    }
  }

  lost(): Record<string, number> {
    return this.ledger.lost();
  }
}

const seconds = (ns: number): number => ns / 1e9;

/** Every list of labels is written out: to copy and extend one takes five times its memory, for most series of a scrape. */
function writeExits(sink: Sink, vm: string, exitClass: string, reason: string, each: ReasonTotals): void {
  sink.sample(exits, [vm, exitClass, reason], each.count);
  sink.sample(exitSeconds, [vm, exitClass, reason, 'kernel'], seconds(each.kernel));
  sink.sample(exitSeconds, [vm, exitClass, reason, 'vmm'], seconds(each.vmm));
  sink.sample(exitSeconds, [vm, exitClass, reason, 'runqueue'], seconds(each.runqueue));
  sink.sample(exitSeconds, [vm, exitClass, reason, 'blocked'], seconds(each.blocked));
}
