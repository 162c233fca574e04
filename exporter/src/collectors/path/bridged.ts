import { list, type Device, type Traffic } from '../../machine/index.js';

interface Flow {
  packets: number;
  bytes: number;
}

/** What has gone through a bridge, and its ends, ports and itself, by name with their counters at the last look. */
interface Bridge {
  received: Flow;
  transmitted: Flow;
  ends: ReadonlyMap<string, Device>;
}

/**
 * What bridges carry. The counters of a bridge itself tell only what its host takes and sends: what it forwards between
 * its ports is counted there alone. Ports come and go with their guests, so their growth is added up, from 0 at the first look.
 */
export class Bridged {
  #bridges: ReadonlyMap<string, Bridge> = new Map();

  /** `sys` is where sysfs is mounted. */
  constructor(private readonly sys = '/sys') {}

  /** The same devices, bridges with what came in and went out at all of their ends. */
  from(devices: readonly Device[]): Device[] {
    const byName = new Map(devices.map((device) => [device.name, device]));
    const bridges = new Map<string, Bridge>();
    for (const device of devices)
      if (device.kind === 'bridge') bridges.set(device.name, this.#look(device, byName));
    this.#bridges = bridges;
    return devices.map((device) => {
      const bridge = bridges.get(device.name);
      if (!bridge) return device;
      const receive = { ...device.receive, ...bridge.received };
      return { ...device, receive, transmit: { ...device.transmit, ...bridge.transmitted } };
    });
  }

  #look(device: Device, byName: ReadonlyMap<string, Device>): Bridge {
    const before = this.#bridges.get(device.name);
    const names = [device.name, ...list(`${this.sys}/class/net/${device.name}/brif`)];
    const ends = new Map(names.flatMap((name) => (byName.has(name) ? [[name, byName.get(name)!]] : [])));
    const received = { ...(before?.received ?? nothing) };
    const transmitted = { ...(before?.transmitted ?? nothing) };
    for (const [name, end] of ends) {
      const last = before?.ends.get(name);
      if (!last) continue;
      // What the host sends comes into the bridge.
      const [into, outOf] =
        name === device.name ? (['transmit', 'receive'] as const) : (['receive', 'transmit'] as const);
      add(received, end[into], last[into]);
      add(transmitted, end[outOf], last[outOf]);
    }
    return { received, transmitted, ends };
  }
}

const nothing: Readonly<Flow> = { packets: 0, bytes: 0 };

/** A counter that fell is another device's, and its start is not known. */
function add(flow: Flow, now: Traffic, before: Traffic): void {
  flow.packets += Math.max(0, now.packets - before.packets);
  flow.bytes += Math.max(0, now.bytes - before.bytes);
}
