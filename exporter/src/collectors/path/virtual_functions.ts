import type { Sink } from '../../exposition/metric.js';
import {
  addressOfFunction,
  functionsBehind,
  lenders,
  NetlinkError,
  readVirtualFunctions,
  Totals,
  type Device,
  type Inventory,
  type Netlink,
  type VirtualFunction,
} from '../../machine/index.js';
import { isNic } from './interfaces.js';
import { vfBytes, vfDrops, vfPackets } from './metrics.js';
import type { Stage } from './stage.js';

/** Drivers that ask their firmware take so long for many functions: they are asked for this share of the time at most. */
const SHARE = 0.02;

const METRICS = { packets: vfPackets, bytes: vfBytes, drops: vfDrops };

/** A NIC that lends functions, by its name. */
interface Lender {
  functions: readonly VirtualFunction[];
  /** In ms: not to be asked before. */
  next: number;
  /** Whether its driver has counted anything: one that cannot says 0. */
  counts: boolean;
  totals: Totals;
}

/** What NICs carried for their virtual functions and dropped before these, the only counters of a VM that holds one. */
export class VirtualFunctions implements Stage {
  #lenders: ReadonlyMap<string, Lender> = new Map();

  /** `read` gives the functions of the device of an index, `sys` is where sysfs is mounted, `now` is in ms. */
  constructor(
    private readonly inventory: Pick<Inventory, 'vfio'>,
    private readonly read: (device: number) => VirtualFunction[],
    private readonly sys = '/sys',
    private readonly now = () => performance.now(),
  ) {}

  static by(netlink: Netlink, inventory: Pick<Inventory, 'vfio'>): VirtualFunctions {
    return new VirtualFunctions(inventory, (device) => readVirtualFunctions(netlink, device));
  }

  collect(sink: Sink, devices: readonly Device[]): void {
    const nics = new Map(devices.filter(isNic).map(({ name, index }) => [name, index]));
    const names = lenders([...nics.keys()], this.sys);
    this.#lenders = new Map(names.map((name) => [name, this.#ask(name, nics.get(name)!)]));
    if (names.length === 0) return;
    const vms = this.#vms();
    for (const [name, lender] of this.#lenders)
      if (lender.counts)
        for (const each of lender.functions) {
          const vm = vms.get(addressOfFunction(name, each.number, this.sys) ?? '') ?? '';
          this.#write(sink, [name, `${each.number}`, vm], each, lender.totals);
        }
  }

  #ask(name: string, index: number): Lender {
    const before = this.#lenders.get(name) ?? { functions: [], next: 0, counts: false, totals: new Totals() };
    const start = this.now();
    if (start < before.next) return before;
    const functions = this.#functions(index);
    const end = this.now();
    const counts = before.counts || functions.some(hasCounted);
    return { ...before, functions, counts, next: end + (end - start) / SHARE };
  }

  /** None where the kernel has no room for all of them in one answer, or the device has just gone. */
  #functions(index: number): VirtualFunction[] {
    try {
      return this.read(index);
    } catch (error) {
      if (error instanceof NetlinkError) return [];
      throw error;
    }
  }

  /** The names of VMs by the addresses of the functions that they hold. */
  #vms(): Map<string, string> {
    const held = [...this.inventory.vfio].flatMap(([file, vm]) =>
      vm ? functionsBehind(file, this.sys).map(({ address }) => [address, vm.name] as const) : [],
    );
    return new Map(held);
  }

  /** A function that is given to another VM may be reset, and its counters with it. */
  #write(sink: Sink, labels: readonly string[], each: VirtualFunction, totals: Totals): void {
    for (const direction of ['receive', 'transmit'] as const)
      for (const quantity of ['packets', 'bytes', 'drops'] as const) {
        const value = totals.next(`${each.number} ${direction} ${quantity}`, each[direction][quantity]);
        sink.sample(METRICS[quantity], [...labels, direction], value);
      }
  }
}

const hasCounted = ({ receive, transmit }: VirtualFunction): boolean =>
  receive.packets > 0 || transmit.packets > 0 || receive.drops > 0 || transmit.drops > 0;
