import type { RunningCollector } from './collectors/module.js';
import type { ProgramState } from './kernel/index.js';
import type { LiveSample, LiveVm } from './web/index.js';

/** What the page shows of this moment: the same sums as /metrics, of the VMs that live. */
export function liveSample(
  names: Iterable<string>,
  collectors: readonly RunningCollector[],
  states: readonly ProgramState[],
): LiveSample {
  const vms = new Map<string, LiveVm>();
  for (const vm of names) vms.set(vm, { vm, packets: 0, drops: 0, userspaceExits: 0 });
  for (const collector of collectors) collector.addToLive?.(vms);
  return { t: Date.now(), exitTiming: canTime(states, [...vms.values()]), vms: [...vms.values()] };
}

/** Both ends of an exit must be seen, and some VM must leave its guest: KVM can emulate one throughout. */
function canTime(states: readonly ProgramState[], vms: readonly LiveVm[]): boolean {
  const attached = ['kvm_exit', 'kvm_entry'].every((name) =>
    states.some(({ program, attached }) => program === name && attached),
  );
  const onlyEmulated = vms.some((vm) => vm.userspaceExits > 0) && vms.every((vm) => !vm.exits);
  return attached && !onlyEmulated;
}
