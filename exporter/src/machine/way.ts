import type { Device } from './netlink/index.js';

/** A device on the way of packets to a tap. */
export interface Hop {
  /** How far it is from the tap, which is 0. Devices with the same number are in parallel. */
  hop: number;
  /** `tap`, `macvtap`, `nic`, or its type, such as `bridge`, `veth` or `vlan`; without a device, an `End` other than `wire`. */
  kind: string;
  /** Empty where the way ends out of sight. */
  device: string;
  /** How the device counts what goes to the VM. */
  direction: 'receive' | 'transmit';
  /** The device that comes next on the way to the VM; empty for the tap. */
  next: string;
}

/**
 * Where a way ends: `wire`: at a NIC. `host`: the stack of this host sends what comes, or nothing does. `namespace`: it goes on
 * in another network namespace. `unknown`: in a tunnel without a device below it, at a device that is gone, or too far away.
 */
type End = 'wire' | 'host' | 'namespace' | 'unknown';

interface Step {
  device: Device;
  direction: Hop['direction'];
  /** The device by which the search came here, which is nearer to the VM. */
  from: Device | undefined;
}

const MOST_HOPS = 16;
const MOST_DEVICES = 64;

/** How good a port of a switch is as its uplink. */
const NONE = 0;
const PERHAPS = 1;
const SURE = 2;

const isNic = ({ kind }: Device): boolean => kind === 'nic' || kind === 'virtio';
/** Stacked on the device below: what is received there is theirs. */
const isOnDevice = ({ type }: Device): boolean => /^(macvtap|macvlan|ipvtap|ipvlan)$/.test(type);
/** Behind it is a guest, or nothing. */
const isLeaf = ({ type }: Device): boolean => type === 'tun' || type === 'dummy';

/**
 * How the network devices of one namespace hang together, as far as rtnetlink says: which way packets come from the wire to a
 * tap. What tc, OVS flows, routes or netfilter send elsewhere is not known.
 */
export class Ways {
  readonly #byIndex: ReadonlyMap<number, Device>;
  /** What may lead to the wire. NICs first: the search for an uplink ends with the first good one. */
  readonly #ports = new Map<number, Device[]>();
  readonly #datapaths: readonly Device[];
  /** How good ports are as uplinks, by index. */
  readonly #worth = new Map<number, number>();
  /** By switch, the ports that lead anywhere. */
  readonly #leading = new Map<number, readonly Device[]>();

  constructor(devices: readonly Device[]) {
    this.#byIndex = new Map(devices.map((device) => [device.index, device]));
    const ordered = [...devices.filter(isNic), ...devices.filter((device) => !isNic(device))];
    for (const device of ordered) {
      if (!device.master || device.blocked || isLeaf(device)) continue;
      const ports = this.#ports.get(device.master);
      if (ports) ports.push(device);
      else this.#ports.set(device.master, [device]);
    }
    const datapaths = new Set(
      devices.flatMap(({ portType, master }) => (portType === 'openvswitch' && master ? master : [])),
    );
    this.#datapaths = devices.filter(({ index }) => datapaths.has(index));
  }

  /** From the tap with this index, which is called `name` here, outwards. Never empty, and bounded. */
  to(index: number, name: string): Hop[] {
    const tap = this.#byIndex.get(index);
    const start = { hop: 0, device: name, direction: 'transmit', next: '' } as const;
    if (!tap) return [{ ...start, kind: 'tap' }, endOf('unknown', 1, name)];
    const hops: Hop[] = [{ ...start, kind: kindOf(tap) }];
    const seen = new Set([index]);
    let level: Step[] = [{ device: tap, direction: 'transmit', from: undefined }];
    for (let hop = 1; level.length > 0; hop++) {
      const following: Step[] = [];
      for (const step of level) {
        const next = step.device === tap ? name : step.device.name;
        const beyond = this.#beyond(step);
        if (typeof beyond === 'string') {
          if (beyond !== 'wire') hops.push(endOf(beyond, hop, next));
          continue;
        }
        for (const further of beyond.filter(({ device }) => !seen.has(device.index))) {
          if (hop > MOST_HOPS || hops.length >= MOST_DEVICES) return [...hops, endOf('unknown', hop, next)];
          seen.add(further.device.index);
          const { device, direction } = further;
          hops.push({ hop, kind: kindOf(device), device: device.name, direction, next });
          following.push(further);
        }
      }
      level = following;
    }
    return hops;
  }

  /** Where what is on its way through a device to the VM comes from. */
  #beyond({ device, direction, from }: Step): readonly Step[] | End {
    if (this.#isSwitch(device)) return this.#uplinks(device, from);
    if (direction === 'receive') return this.#below(device);
    if (isOnDevice(device)) return this.#lower(device, 'receive');
    const master = device.master ? this.#byIndex.get(device.master) : undefined;
    if (!master) return device.master ? 'unknown' : 'host';
    if (this.#isSwitch(master)) return [{ device: master, direction: 'receive', from: device }];
    return master.type === 'bond' || master.type === 'team'
      ? [{ device: master, direction: 'transmit', from: device }]
      : 'host';
  }

  /** Where a device that is no switch has received it. */
  #below(device: Device): readonly Step[] | End {
    const ports = this.#portsOf(device);
    if (ports.length > 0) return ports.map((port) => ({ device: port, direction: 'receive', from: device }));
    if (device.type === 'veth') return this.#lower(device, 'transmit');
    if (device.lower || device.lowerNamespace !== undefined) return this.#lower(device, 'receive');
    if (isNic(device)) return 'wire';
    if (isLeaf(device)) return 'host';
    // A port of an Open vSwitch bridge that the kernel made itself; which datapath is behind it can be told where there is one.
    const [datapath, other] = this.#datapaths;
    if (device.type === 'openvswitch' && datapath && !other)
      return [{ device: datapath, direction: 'receive', from: device }];
    return 'unknown';
  }

  #lower(device: Device, direction: Hop['direction']): readonly Step[] | End {
    if (device.lowerNamespace !== undefined) return 'namespace';
    const lower = device.lower ? this.#byIndex.get(device.lower) : undefined;
    return lower ? [{ device: lower, direction, from: device }] : 'unknown';
  }

  /**
   * The ports of a switch that lead to a wire or into a tunnel. Without one, a port that leads to another namespace or to the
   * host's own stack, if there is only one: of several, any may be a neighbour.
   */
  #uplinks(device: Device, from: Device | undefined): readonly Step[] | End {
    let ports = this.#leading.get(device.index);
    if (!ports) {
      ports = this.#portsOf(device).filter((port) => this.#worthOf(port, MOST_HOPS) > NONE);
      this.#leading.set(device.index, ports);
    }
    const others = ports.filter((port) => port !== from);
    const sure = others.filter((port) => this.#worthOf(port, MOST_HOPS) === SURE);
    const uplinks = sure.length > 0 || others.length > 1 ? sure : others;
    return uplinks.length === 0 ? 'host' : uplinks.map((port) => received(port, device));
  }

  /** As an uplink of its switch. A port that the search is at already is none: there is a loop. */
  #worthOf(port: Device, left: number): number {
    const known = this.#worth.get(port.index);
    if (known !== undefined) return known;
    this.#worth.set(port.index, NONE);
    const worth = this.#worthBeyond(received(port, undefined), left);
    this.#worth.set(port.index, worth);
    return worth;
  }

  #worthBeyond(step: Step, left: number): number {
    if (left === 0) return PERHAPS;
    if (step.direction === 'transmit' && step.device.blocked) return NONE;
    if (this.#isSwitch(step.device)) {
      let best = NONE;
      for (const port of this.#portsOf(step.device)) {
        if (port !== step.from) best = Math.max(best, this.#worthOf(port, left - 1));
        if (best === SURE) break;
      }
      return best;
    }
    const beyond = this.#beyond(step);
    if (beyond === 'wire' || beyond === 'unknown') return SURE;
    if (typeof beyond === 'string') return PERHAPS;
    return Math.max(...beyond.map((further) => this.#worthBeyond(further, left - 1)));
  }

  #portsOf({ index }: Device): readonly Device[] {
    return this.#ports.get(index) ?? [];
  }

  #isSwitch(device: Device): boolean {
    return device.type === 'bridge' || this.#datapaths.includes(device);
  }
}

const received = (device: Device, from: Device | undefined): Step => ({ device, direction: 'receive', from });

const endOf = (kind: Exclude<End, 'wire'>, hop: number, next: string): Hop => ({
  ...{ hop, kind, device: '', direction: 'receive', next },
});

function kindOf(device: Device): string {
  if (isNic(device)) return 'nic';
  return device.kind === 'tap' ? 'tap' : device.type || 'other';
}
