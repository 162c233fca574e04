import { Netlink, readLinks, type Device } from './netlink/index.js';

/** The network devices of the namespace that this process is in at the first read. */
export class Devices {
  constructor(private readonly netlink = new Netlink()) {}

  /** Every device, each name once, with its counters. Throws `NetlinkError`. */
  read(): Device[] {
    return withoutSums([...new Map(readLinks(this.netlink).map((device) => [device.name, device])).values()]);
  }
}

/**
 * Virtio devices that are made of other NICs carry nothing themselves: what net_failover counts is the sum of what its ports
 * do, a virtio NIC and a virtual function (net_failover_get_stats).
 */
export function withoutSums(devices: readonly Device[]): Device[] {
  const masters = new Set(devices.map(({ master }) => master));
  return devices.map((device) =>
    device.kind === 'virtio' && masters.has(device.index) ? { ...device, kind: 'other' } : device,
  );
}
