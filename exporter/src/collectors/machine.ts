import { gauge, type Collector, type Sink } from '../exposition/metric.js';
import type { Module } from './module.js';
import { roleOf, type Inventory, type Platform } from '../machine/index.js';

const machineInfo = gauge(
  'trapline_machine_info',
  'Always 1: the role of this machine (host, guest, both or bare_metal) and the UUID of its firmware, which for a guest equals the uuid its host shows in trapline_vm_info.',
  ['role', 'uuid'],
);
const vmInfo = gauge(
  'trapline_vm_info',
  'Always 1, for each running virtual machine: its name, the UUID its VMM gave it, the kind of VMM and the process id of that.',
  ['vm', 'uuid', 'vmm', 'pid'],
);

export const machineDescription = {
  name: 'machine',
  help: 'What this machine is and which virtual machines it runs',
  metrics: [machineInfo, vmInfo],
};

/** Says which machine this is and which VMs there are, so that other series can be joined by name or UUID. */
export class MachineCollector implements Collector {
  readonly name = machineDescription.name;
  readonly help = machineDescription.help;
  readonly metrics = machineDescription.metrics;

  constructor(
    private readonly platform: Platform,
    private readonly inventory: Inventory,
  ) {}

  collect(sink: Sink): void {
    const vms = [...this.inventory.vms.values()];
    sink.sample(machineInfo, [roleOf(this.platform, vms.length > 0), this.platform.uuid], 1);
    for (const { name, uuid, vmm, pid } of vms) sink.sample(vmInfo, [name, uuid, vmm, String(pid)], 1);
  }
}

export const machineModule: Module = {
  description: machineDescription,
  signals: [],
  create: ({ platform, watch }) => new MachineCollector(platform, watch.inventory),
};
