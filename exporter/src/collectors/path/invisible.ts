import type { Sink } from '../../exposition/metric.js';
import { functionsBehind, lenders, type Device, type Inventory } from '../../machine/index.js';
import type { VmTap } from '../../watch.js';
import { isNic } from './interfaces.js';
import { invisible } from './metrics.js';
import type { Stage } from './stage.js';

/** Ways around this kernel: what takes them is told by name, since no counter here sees it. */
export class Invisible implements Stage {
  /** `namespace` is the inode number of this process's network namespace, `sys` is where sysfs is mounted. */
  constructor(
    private readonly inventory: Pick<Inventory, 'vms' | 'vfio'>,
    private readonly namespace: number | undefined,
    private readonly sys = '/sys',
  ) {}

  collect(sink: Sink, devices: readonly Device[], taps: readonly VmTap[]): void {
    const { vms, vfio } = this.inventory;
    for (const { name, vhostUser } of vms.values())
      for (const device of vhostUser) sink.sample(invisible, [name, device, 'vhost-user'], 1);
    for (const [file, vm] of vfio)
      for (const { address, virtual } of functionsBehind(file, this.sys))
        sink.sample(invisible, [vm?.name ?? '', address, reasonOf(vm !== undefined, virtual)], 1);
    for (const { vm, tap } of taps)
      if (!tap.counters && tap.netns !== this.namespace)
        sink.sample(invisible, [vm.name, tap.device, 'namespace'], 1);
    const nics = devices.filter(isNic).map(({ name }) => name);
    for (const device of lenders(nics, this.sys)) sink.sample(invisible, ['', device, 'sriov'], 1);
  }
}

function reasonOf(heldByVm: boolean, virtual: boolean): string {
  if (!heldByVm) return 'dpdk';
  return virtual ? 'sriov' : 'passthrough';
}
