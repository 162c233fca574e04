import { list, readText, type Device, type DeviceKind } from '../../machine/index.js';
import { isNic } from './interfaces.js';

/** Of a device, as of the last look. */
interface Counts {
  /** Its rx_dropped. */
  dropped: number;
  /** How much of that the backlog of a CPU had lost. */
  backlog: number;
}

/**
 * What devices refused on reception. The kernel books a packet that finds the backlog of a CPU full to its device too
 * (enqueue_to_backlog),: a packet must be lost at one stage.
 */
export class Refused {
  #devices: ReadonlyMap<string, Counts> = new Map();
  /** What the backlogs had lost at the last look. */
  #lost: number;
  /** What of that was not booked to any device yet. */
  #unbooked: number;

  /** `backlogs` reads how many packets the backlogs of all CPUs have lost; `sys` is where sysfs is mounted. */
  constructor(
    private readonly backlogs: () => number,
    private readonly sys = '/sys',
  ) {
    // The first look finds the device of what was lost before, or nothing does: it is no longer on its way.
    this.#lost = this.#unbooked = backlogs();
  }

  /**
   * The same devices with only what they refused themselves among the drops on reception. Where several devices could
   * have lost a packet to a backlog, the sum of all is right, and virtual devices come first.
   */
  from(devices: readonly Device[]): Device[] {
    const dropped = devices.map((device) => (isNic(device) ? this.#ofDriver(device) : device.receive.drops));
    // Read after the devices: the kernel counts in the other order, so that a device never is ahead.
    const lost = this.backlogs();
    let left = lost - this.#lost + this.#unbooked;
    const counts = new Map<string, Counts>();
    for (const [i, device] of [...devices.entries()].sort(([, a], [, b]) => rank[a.kind] - rank[b.kind])) {
      const before = this.#before(device.name, dropped[i]!);
      const grown = dropped[i]! - before.dropped;
      const taken = grown > 0 && left > 0 && this.#hasBacklog(device) ? Math.min(left, grown) : 0;
      left -= taken;
      counts.set(device.name, { dropped: dropped[i]!, backlog: before.backlog + taken });
    }
    // What no device has by the next look was another network namespace's.
    this.#unbooked = Math.min(left, lost - this.#lost);
    this.#lost = lost;
    this.#devices = counts;
    return devices.map((device, i) => {
      const drops = dropped[i]! - counts.get(device.name)!.backlog;
      return { ...device, receive: { ...device.receive, drops } };
    });
  }

  /** A counter that fell is another device's. */
  #before(name: string, dropped: number): Counts {
    const before = this.#devices.get(name);
    return before && before.dropped <= dropped ? before : { dropped: 0, backlog: 0 };
  }

  #ofDriver({ name, receive }: Device): number {
    const dropped = readText(`${this.sys}/class/net/${name}/statistics/rx_dropped`);
    return dropped === undefined ? receive.drops : Number(dropped);
  }

  /** Whether packets of a device wait in a backlog: a NIC's do only where they are steered to other CPUs (RPS). */
  #hasBacklog(device: Device): boolean {
    if (!isNic(device)) return device.kind !== 'macvtap';
    const queues = `${this.sys}/class/net/${device.name}/queues`;
    return list(queues).some((queue) => /[1-9a-f]/.test(readText(`${queues}/${queue}/rps_cpus`) ?? ''));
  }
}

/** In which order devices are held to have lost what backlogs lost. */
const rank: Readonly<Record<DeviceKind, number>> = {
  other: 0,
  bridge: 0,
  tap: 0,
  macvtap: 0,
  virtio: 1,
  nic: 1,
};
