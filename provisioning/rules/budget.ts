/** How much time a packet may take, and how much of it is gone. */
import { type RecordingRule, rateBy } from './rule.js';

const cores = 'instance_vm:trapline_cores:sum';
const busy = 'instance_vm_worker:trapline_busy:ratio_rate1m';
const perVm = (selector: string) => rateBy('instance, vm', selector);

/** Guest and exit time of a vCPU add up to the wall time: their rate is the number of vCPUs. */
const vcpus = `(${perVm('trapline_vm_guest_seconds_total')} + ${perVm('trapline_vm_exit_seconds_total')})`;
/** Every tap has a vhost worker of its own; more than one, for more queues, cannot be told from here. */
const taps =
  'count by (instance, vm) (instance_vm_stage_device_process_container:trapline_carried:rate1m{stage="tap"})';

export const budgetRules: readonly RecordingRule[] = [
  {
    record: cores,
    expr: `round(${vcpus}) + ${taps}`,
    help: 'CPUs that may work on the VM’s packets: one for each of its vCPUs and one for the worker of each tap.',
  },
  {
    record: 'instance_vm:trapline_packet_budget_seconds:ratio_rate1m',
    expr: `${cores} / (instance_vm:trapline_captured:rate1m > 0)`,
    help: 'Packet budget: the time these CPUs have for one captured packet, in seconds.',
  },
  {
    record: busy,
    labels: { worker: 'vcpu' },
    expr: `1 - ${perVm('trapline_vm_exit_seconds_total{state="blocked"}')} / (${vcpus} > 0)`,
    help: 'Share of the time in which the vCPUs are not asleep, 0 to 1. A guest that polls is never asleep.',
  },
  {
    record: busy,
    labels: { worker: 'vhost' },
    expr: `${perVm('trapline_vhost_seconds_total')} / ${taps}`,
    help: 'The same of the vhost workers: running, or waiting for a CPU.',
  },
  {
    record: 'instance_vm:trapline_packet_budget_used:ratio_rate1m',
    expr: `max by (instance, vm) (${busy})`,
    help: 'Share of the packet budget that is gone: packets pass vCPUs and workers one after the other, so the busier ones decide.',
  },
];
