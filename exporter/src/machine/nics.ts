import { realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { list, readText } from './read.js';

/** A network device of this namespace. */
export interface NetInterface {
  name: string;
  /** Unique in its namespace and kept through renames. */
  ifindex: number;
  /** Where its hardware is under /sys/devices; undefined for a virtual one. */
  hardware: string | undefined;
}

/** Something on a bus that carries network packets, whatever drives it and in whichever namespace its interface is. */
export interface Nic {
  /** Under /sys/devices: the same through renames and moves between namespaces. */
  path: string;
  /** The name of its interface (of several the oldest), or its address on the bus where this namespace has none. */
  device: string;
  handlers: NicHandler[];
}

/** What a driver has attached to an interrupt line for a NIC. */
export interface NicHandler {
  interrupt: number;
  /** As the driver called it. */
  name: string;
  /** The name without what it says of the device, for example `TxRx-0` or `input.0`; empty where nothing is left. */
  queue: string;
  /** Whether other handlers are on the line. */
  shared: boolean;
}

/** What can stand for a NIC in the name of a handler. */
interface Names {
  /** Interfaces, and the virtio device. */
  devices: readonly string[];
  /** For example `0000:00:03.0`. */
  address: string;
}

/** PCI class 02: network controller. */
const PCI_NETWORK = /^0x02/;

/** Virtio device type 1: network card. */
const VIRTIO_NETWORK = 1;

/** The network devices of the namespace of /sys, by age. */
export function readInterfaces(sys = '/sys'): NetInterface[] {
  return list(`${sys}/class/net`)
    .map((name) => ({
      name,
      ifindex: Number(readText(`${sys}/class/net/${name}/ifindex`) ?? 0),
      hardware: resolve(`${sys}/class/net/${name}/device`),
    }))
    .filter(({ ifindex }) => ifindex > 0)
    .sort((a, b) => a.ifindex - b.ifindex);
}

/** Every NIC of the machine with the interrupts that its driver has asked for. */
export function readNics(sys = '/sys'): Nic[] {
  const nics = new Map<string, { interfaces: string[]; virtio: string[] }>();
  const at = (path: string) => {
    const known = nics.get(path) ?? { interfaces: [], virtio: [] };
    nics.set(path, known);
    return known;
  };
  for (const path of devicesOf('pci', sys)) if (PCI_NETWORK.test(readText(`${path}/class`) ?? '')) at(path);
  for (const path of devicesOf('virtio', sys))
    if (Number(readText(`${path}/device`)) === VIRTIO_NETWORK) at(dirname(path)).virtio.push(basename(path));
  for (const { name, hardware } of readInterfaces(sys))
    if (hardware !== undefined) at(onItsBus(hardware)).interfaces.push(name);

  return [...nics].map(([path, { interfaces, virtio }]) => {
    const address = basename(path);
    const handlers = readHandlers(path, { devices: [...interfaces, ...virtio], address }, sys);
    return { path, device: interfaces[0] ?? address, handlers };
  });
}

/** What a handler's name says beside which device it serves: drivers put that before, after or in the middle. */
export function queueOf(handler: string, { devices, address }: Names): string {
  const name = handler.replace(`@pci:${address}`, '').replace(`(${address})`, '');
  for (const device of devices) {
    if (name === device) return '';
    if (name.startsWith(`${device}-`)) return name.slice(device.length + 1);
    const middle = name.indexOf(`-${device}-`);
    if (middle > 0) return name.slice(middle + device.length + 2);
  }
  return name;
}

/**
 * Message-signalled interrupts are a device's own. A line may be anyone's: there the names decide, and where the bus
 * does not tell a line they are looked for on all of them.
 */
function readHandlers(path: string, names: Names, sys: string): NicHandler[] {
  const messages = list(`${path}/msi_irqs`).map(Number);
  if (messages.length > 0)
    return messages.flatMap((interrupt) => {
      const name = readActions(interrupt, sys);
      return name === '' ? [] : { interrupt, name, queue: queueOf(name, names), shared: false };
    });
  const line = readText(`${path}/irq`);
  const lines = line === undefined ? list(`${sys}/kernel/irq`).map(Number) : [Number(line)];
  return lines.flatMap((interrupt) => handlersOnLine(interrupt, readActions(interrupt, sys), names));
}

/** `actions` as /sys/kernel/irq gives them: names with commas between, which may be in a name too. */
export function handlersOnLine(interrupt: number, actions: string, names: Names): NicHandler[] {
  const all = names.devices.includes(actions) ? [actions] : actions.split(',');
  return all
    .filter((name) => isOurs(name, names))
    .map((name) => ({ interrupt, name, queue: queueOf(name, names), shared: all.length > 1 }));
}

const isOurs = (name: string, { devices, address }: Names): boolean =>
  name.includes(`(${address})`) || devices.some((device) => name === device || name.startsWith(`${device}-`));

const readActions = (interrupt: number, sys: string): string =>
  (readText(`${sys}/kernel/irq/${interrupt}/actions`) ?? '').replace(/\n$/, '');

/** How often an interrupt came, as /proc/interrupts has it, on all CPUs together. */
export function readInterruptCount(interrupt: number, sys = '/sys'): number {
  const counts = readText(`${sys}/kernel/irq/${interrupt}/per_cpu_count`) ?? '';
  return counts.split(',').reduce((sum, count) => sum + Number(count), 0);
}

/** A virtio device has its interrupts from what it sits on. */
const onItsBus = (hardware: string): string =>
  /^virtio\d+$/.test(basename(hardware)) ? dirname(hardware) : hardware;

const devicesOf = (bus: string, sys: string): string[] =>
  list(`${sys}/bus/${bus}/devices`).flatMap((name) => resolve(`${sys}/bus/${bus}/devices/${name}`) ?? []);

function resolve(link: string): string | undefined {
  try {
    return realpathSync(link);
  } catch {
    return undefined;
  }
}
