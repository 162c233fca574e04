/** Which exporter runs inside which VM, and how what it says becomes a figure of that VM. */
import type { RecordingRule } from './rule.js';

const guests = 'instance_vm_guest:trapline_guest:info';
const vms = 'max by (instance, vm, uuid) (trapline_vm_info{uuid!=""})';
const machines =
  'max by (uuid, guest) (label_replace(trapline_machine_info{uuid!="",role=~"guest|both"}, "guest", "$1", "instance", "(.+)"))';

export const guestRules: readonly RecordingRule[] = [
  {
    record: guests,
    // A uuid that two VMs or two guests share would join the wrong ones, and would make the join fail for all others.
    expr:
      'sum by (instance, vm, guest) (' +
      `(${vms} unless on (uuid) count by (uuid) (${vms}) > 1)` +
      ` * on (uuid) group_left (guest) (${machines} unless on (uuid) count by (uuid) (${machines}) > 1))`,
    help: 'Always 1: the exporter `guest` runs inside the VM, which is known by its uuid on both sides.',
  },
];

/** Gives what exporters inside VMs say about their machine the instance and name of the VM on its host. */
export function ofVm(expr: string): string {
  const inside = `label_replace(${expr}, "guest", "$1", "instance", "(.+)")`;
  return `sum without (guest) (${inside} * on (guest) group_left (instance, vm) ${guests})`;
}

/**
 * The same, and what other exporters say stays theirs.
 * @param expr keeps the label `instance` and has no `vm`.
 */
export function placed(expr: string): string {
  const known = `label_replace(${guests}, "instance", "$1", "guest", "(.+)")`;
  return `${ofVm(expr)} or (${expr} unless on (instance) ${known})`;
}
