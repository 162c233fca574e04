import { existsSync } from 'node:fs';
import type { Roots } from './holders.js';
import { list, readText } from './read.js';

/** What takes packets of a device past this kernel, or past its counters. */
export interface Bypass {
  /** A network device, an address on the PCI bus or a vDPA device; empty where it is not known. */
  device: string;
  reason: 'dpdk' | 'vdpa' | 'pf_ring' | 'netmap';
}

/** Drivers that leave a PCI device to a process. One of vfio is known by the process that holds it. */
const USER_DRIVERS = ['igb_uio', 'uio_pci_generic'];

/** PCI class 02: network controller. */
const PCI_NETWORK = /^0x02/;

/** Those that files of /proc and /sys tell of, each once. */
export function readBypasses({ proc = '/proc', sys = '/sys' }: Roots = {}): Bypass[] {
  const netmap = existsSync(`${sys}/module/netmap`) ? [''] : [];
  return [
    ...toProcesses(sys).map((device) => ({ device, reason: 'dpdk' as const })),
    ...toGuests(sys).map((device) => ({ device, reason: 'vdpa' as const })),
    ...ringed(proc).map((device) => ({ device, reason: 'pf_ring' as const })),
    ...netmap.map((device) => ({ device, reason: 'netmap' as const })),
  ];
}

const toProcesses = (sys: string): string[] =>
  USER_DRIVERS.flatMap((driver) =>
    list(`${sys}/bus/pci/drivers/${driver}`).filter((address) =>
      PCI_NETWORK.test(readText(`${sys}/bus/pci/drivers/${driver}/${address}/class`) ?? ''),
    ),
  );

/** Devices of vDPA whose queues a guest has; those with another driver are NICs of this machine. */
function toGuests(sys: string): string[] {
  const devices = new Set(list(`${sys}/bus/vdpa/devices`));
  return list(`${sys}/bus/vdpa/drivers/vhost_vdpa`).filter((name) => devices.has(name));
}

/** PF_RING has a file `<pid>-<device>.<number>` for each of its sockets, with `none` before it is bound. */
function ringed(proc: string): string[] {
  const names = list(`${proc}/net/pf_ring`).flatMap((file) => /^\d+-(.+)\.\d+$/.exec(file)?.[1] ?? []);
  return [...new Set(names)].filter((name) => name !== 'none');
}
