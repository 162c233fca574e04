import type { Sink } from '../../exposition/metric.js';
import {
  functionsBehind,
  lenders,
  readBypasses,
  type Device,
  type Inventory,
  type Roots,
} from '../../machine/index.js';
import type { VmTap } from '../../watch.js';
import { isNic, named } from './interfaces.js';
import { invisible, xdpProgram } from './metrics.js';
import type { Stage } from './stage.js';

/** What Open vSwitch calls the device of its datapath where that is a process (lib/dpif-netdev.c). */
const OVS_USERSPACE = 'ovs-netdev';

/** Ways around this kernel: what takes them is told by name, since no counter here sees it. */
export class Invisible implements Stage {
  /** `namespace` is the inode number of this process's network namespace. */
  constructor(
    private readonly inventory: Pick<Inventory, 'vms' | 'vfio'>,
    private readonly namespace: number | undefined,
    private readonly roots: Roots = {},
  ) {}

  collect(sink: Sink, devices: readonly Device[], taps: readonly VmTap[]): void {
    const { vms, vfio } = this.inventory;
    for (const { name, vhostUser } of vms.values())
      for (const device of vhostUser) sink.sample(invisible, [name, device, 'vhost-user'], 1);
    for (const [file, vm] of vfio)
      for (const { address, virtual } of functionsBehind(file, this.roots.sys))
        sink.sample(invisible, [vm?.name ?? '', address, reasonOf(vm !== undefined, virtual)], 1);
    for (const { vm, tap, device } of named(taps))
      if (tap.netns !== this.namespace)
        sink.sample(invisible, [vm.name, device, tap.counters ? 'namespace-queue' : 'namespace'], 1);
    const nics = devices.filter(isNic).map(({ name }) => name);
    for (const device of lenders(nics, this.roots.sys)) sink.sample(invisible, ['', device, 'sriov'], 1);
    for (const { device, reason } of readBypasses(this.roots))
      sink.sample(invisible, ['', device, reason], 1);
    for (const device of devices) this.#collectDevice(sink, device);
  }

  #collectDevice(sink: Sink, { name, type, xdp, representor }: Device): void {
    if (representor) sink.sample(invisible, ['', name, 'switchdev'], 1);
    if (type === 'tun' && name === OVS_USERSPACE) sink.sample(invisible, ['', name, 'ovs-userspace'], 1);
    if (xdp.length > 0) sink.sample(invisible, ['', name, 'xdp'], 1);
    for (const { mode, program } of xdp) sink.sample(xdpProgram, [name, mode, `${program}`], 1);
  }
}

function reasonOf(heldByVm: boolean, virtual: boolean): string {
  if (!heldByVm) return 'dpdk';
  return virtual ? 'sriov' : 'passthrough';
}
