import { readlinkSync } from 'node:fs';
import { list, readText } from './read.js';
import type { Holder } from './types.js';

/** Where procfs and sysfs are mounted. */
export interface Roots {
  proc?: string;
  sys?: string;
}

/**
 * Who holds VMs, taps, vhost and vfio devices, from /proc/<pid>/fd: what can be known without BPF. Processes whose
 * files may not be read (another user's, without CAP_SYS_PTRACE) are left out. One entry for each process,
 * kind and device, in the order of the pids.
 */
export function holdersFromProc({ proc = '/proc', sys = '/sys' }: Roots = {}): Holder[] {
  const names = interfaceNames(sys);
  return numbers(proc).flatMap((pid) => holdersOf(pid, proc, names));
}

function holdersOf(pid: number, proc: string, names: () => Map<string, string>): Holder[] {
  const found = new Map<string, Holder>();
  for (const fd of numbers(`${proc}/${pid}/fd`)) {
    const holder = holderOf(pid, fd, proc, names);
    if (holder) found.set(`${holder.kind} ${holder.device ?? ''}`, holder);
  }
  const netns = networkOf(pid, proc);
  return [...found.values()].map((holder) =>
    netns !== undefined && /tap$/.test(holder.kind) ? { ...holder, netns } : holder,
  );
}

/** The inode number of the network namespace of a process; undefined where it is gone or may not be traced. */
export function networkOf(pid: number | 'self', proc = '/proc'): number | undefined {
  try {
    const [, inode] = /^net:\[(\d+)\]$/.exec(readlinkSync(`${proc}/${pid}/ns/net`)) ?? [];
    return inode === undefined ? undefined : Number(inode);
  } catch {
    return undefined;
  }
}

function holderOf(
  pid: number,
  fd: number,
  proc: string,
  names: () => Map<string, string>,
): Holder | undefined {
  let target: string;
  try {
    target = readlinkSync(`${proc}/${pid}/fd/${fd}`);
  } catch {
    return undefined;
  }
  if (target === 'anon_inode:kvm-vm') return { pid, kind: 'kvm-vm' };
  if (target === '/dev/vhost-net') return { pid, kind: 'vhost-net' };
  if (target === '/dev/net/tun') {
    return onDevice(pid, 'tap', interfaceOfTun(readText(`${proc}/${pid}/fdinfo/${fd}`) ?? ''));
  }
  const vfio = /^\/dev\/vfio\/(?:devices\/)?((?:noiommu-)?\d+|vfio\d+)$/.exec(target);
  if (vfio) return onDevice(pid, 'vfio', vfio[1]);
  const macvtap = /^\/dev\/tap(\d+)$/.exec(target);
  return macvtap ? onDevice(pid, 'macvtap', names().get(macvtap[1]!)) : undefined;
}

function onDevice(pid: number, kind: Holder['kind'], device: string | undefined): Holder {
  return device === undefined ? { pid, kind } : { pid, kind, device };
}

/** The interface of an open /dev/net/tun, from its fdinfo; undefined before it is attached to one. */
export function interfaceOfTun(fdinfo: string): string | undefined {
  return /^iff:[ \t]*(\S.*)$/m.exec(fdinfo)?.[1];
}

/** Interface names by index; read when the first macvtap asks for it, since hosts without one are common. */
function interfaceNames(sys: string): () => Map<string, string> {
  let names: Map<string, string> | undefined;
  return () =>
    (names ??= new Map(
      list(`${sys}/class/net`).map((name) => [
        (readText(`${sys}/class/net/${name}/ifindex`) ?? '').trim(),
        name,
      ]),
    ));
}

/** The entries of a directory that are numbers, in their order. */
function numbers(directory: string): number[] {
  return list(directory)
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .sort((a, b) => a - b);
}
