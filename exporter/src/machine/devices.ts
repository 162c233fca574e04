import { Netlink, readLinks, type Device } from './netlink/index.js';

/** The network devices of the namespace that this process is in at the first read. */
export class Devices {
  constructor(private readonly netlink = new Netlink()) {}

  /** Every device, each name once, with its counters. Throws `NetlinkError`. */
  read(): Device[] {
    return [...new Map(readLinks(this.netlink).map((device) => [device.name, device])).values()];
  }
}
