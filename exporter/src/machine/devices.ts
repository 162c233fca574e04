import { existsSync, realpathSync } from 'node:fs';
import { parseNetDev, type DeviceCounters, type Traffic } from './netdev.js';
import { readText } from './read.js';
import type { Roots } from './holders.js';

/**
 * `nic`: backed by hardware other than virtio. `other`: everything that would count packets a second time or
 * never carries any to a guest (loopback, veth, VLAN, bond, tunnel, tun without Ethernet).
 */
export type DeviceKind = 'nic' | 'virtio' | 'bridge' | 'tap' | 'macvtap' | 'other';

/** A network device and its counters. */
export interface Device extends DeviceCounters {
  kind: DeviceKind;
}

/** The kind of a network device, from /sys/class/net/<name>; `other` where it is gone. */
export function kindOf(name: string, sys = '/sys'): DeviceKind {
  const path = `${sys}/class/net/${name}`;
  if (existsSync(`${path}/bridge`)) return 'bridge';
  const tunFlags = readText(`${path}/tun_flags`);
  if (tunFlags !== undefined) return Number(tunFlags) & IFF_TAP ? 'tap' : 'other';
  if (existsSync(`${path}/macvtap`)) return 'macvtap';
  if (!existsSync(`${path}/device`)) return 'other';
  return subsystem(path) === 'virtio' ? 'virtio' : 'nic';
}

// From linux/if_tun.h.
const IFF_TAP = 0x2;

function subsystem(path: string): string {
  try {
    return realpathSync(`${path}/device/subsystem`).replace(/^.*\//, '');
  } catch {
    return '';
  }
}

/** Reads every device's counters in one go and remembers the kinds. */
export class Devices {
  private readonly proc: string;
  private readonly sys: string;
  private known: ReadonlyMap<string, Device> = new Map();

  constructor({ proc = '/proc', sys = '/sys' }: Roots = {}) {
    this.proc = proc;
    this.sys = sys;
  }

  /** Every device of this network namespace. Throws where /proc/net/dev cannot be read. */
  read(): Device[] {
    const text = readText(`${this.proc}/net/dev`);
    if (text === undefined) throw new Error(`${this.proc}/net/dev cannot be read.`);
    const counters = parseNetDev(text);
    const fresh = counters.length !== this.known.size || counters.some((device) => this.replaced(device));
    const devices = counters.map((device) => ({
      ...device,
      kind: fresh ? kindOf(device.name, this.sys) : this.known.get(device.name)!.kind,
    }));
    this.known = new Map(devices.map((device) => [device.name, device]));
    return devices;
  }

  /** A counter that fell shows that another device took the name since the last read. */
  private replaced(now: DeviceCounters): boolean {
    const before = this.known.get(now.name);
    return !before || fell(before.receive, now.receive) || fell(before.transmit, now.transmit);
  }
}

function fell(before: Traffic, now: Traffic): boolean {
  return now.packets < before.packets || now.bytes < before.bytes || now.drops < before.drops;
}
