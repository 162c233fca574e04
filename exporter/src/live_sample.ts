import type { PathCollector } from './collectors/path.js';
import { summarize, type VmTotals } from './collectors/vm_exit/index.js';
import type { ProgramState } from './kernel/index.js';
import type { LiveSample, LiveVm } from './web/index.js';

/** What the page shows of this moment: the same sums as /metrics, of the VMs that live. */
export function liveSample(
  names: Iterable<string>,
  exits: VmTotals | undefined,
  path: PathCollector | undefined,
  states: readonly ProgramState[],
): LiveSample {
  const totals = exits?.read();
  const traffic = path?.towardsGuests();
  const vms = [...new Set(names)].map((vm): LiveVm => {
    const { packets, drops } = traffic?.get(vm) ?? { packets: 0, drops: 0 };
    const counted = totals?.get(vm);
    if (!counted) return { vm, packets, drops, userspaceExits: 0 };
    const { exits, seconds, userspaceExits } = summarize(counted);
    // A VM that KVM emulates throughout leaves the guest without a VM exit: it has no times.
    return Object.keys(exits).length === 0
      ? { vm, packets, drops, userspaceExits }
      : { vm, packets, drops, exits, seconds, userspaceExits };
  });
  return { t: Date.now(), exitTiming: canTime(states, vms), vms };
}

function canTime(states: readonly ProgramState[], vms: readonly LiveVm[]): boolean {
  const attached = ['kvm_exit', 'kvm_entry'].every((name) =>
    states.some(({ program, attached }) => program === name && attached),
  );
  const onlyEmulated = vms.length > 0 && vms.every((vm) => !vm.exits && vm.userspaceExits > 0);
  return attached && !onlyEmulated;
}
