/** What this kernel and this process can do, read from /proc and /sys; nothing is tried. */
import { existsSync, readFileSync, statSync } from 'node:fs';

/** include/uapi/linux/capability.h */
const CAPABILITIES = {
  CAP_SETGID: 6,
  CAP_SETUID: 7,
  CAP_SYS_ADMIN: 21,
  CAP_SYSLOG: 34,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
} as const;

export type Capability = keyof typeof CAPABILITIES;

/** Whether all are in this process's effective set. CAP_SYS_ADMIN covers CAP_BPF and CAP_PERFMON. */
export function hasCapabilities(wanted: readonly Capability[]): boolean {
  const status = readFileSync('/proc/self/status', 'utf8');
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  const has = (name: Capability): boolean => ((effective >> BigInt(CAPABILITIES[name])) & 1n) === 1n;
  const covered = (name: Capability): boolean =>
    (name === 'CAP_BPF' || name === 'CAP_PERFMON') && has('CAP_SYS_ADMIN');
  return wanted.every((name) => has(name) || covered(name));
}

/** CO-RE needs the kernel's own description of its types (CONFIG_DEBUG_INFO_BTF). */
export const hasKernelBtf = (): boolean => existsSync('/sys/kernel/btf/vmlinux');

/** One more than the highest number that a CPU can have, whether it is there now or not. */
export const possibleCpus = (): number =>
  1 + Number(/\d+$/.exec(readFileSync('/sys/devices/system/cpu/possible', 'utf8').trim())![0]);

/** The numbers of the CPUs that run now. */
export const onlineCpus = (): number[] =>
  parseCpus(readFileSync('/sys/devices/system/cpu/online', 'utf8').trim());

/** Reads a list as in `0-3,8`. */
export const parseCpus = (list: string): number[] =>
  list.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number) as [number, number?];
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });

/** Loaded and initialised, or built in. */
export function hasModule(name: string): boolean {
  const directory = `/sys/module/${name}`;
  const state = `${directory}/initstate`;
  // What is built in has none: to ask takes less than to fail to read it.
  if (!existsSync(state)) return existsSync(directory);
  try {
    return readFileSync(state, 'utf8').trim() === 'live';
  } catch {
    return false; // unloaded meanwhile
  }
}

/** include/linux/proc_ns.h: PROC_PID_INIT_INO. */
const INITIAL_PID_NAMESPACE = 0xeffffffc;

/** Programs see the pids of the initial namespace; a process in another one cannot look them up in its /proc. */
export const inInitialPidNamespace = (): boolean =>
  statSync('/proc/self/ns/pid').ino === INITIAL_PID_NAMESPACE;

/** include/linux/proc_ns.h: PROC_USER_INIT_INO. */
const INITIAL_USER_NAMESPACE = 0xeffffffd;

/** Capabilities of another user namespace do not reach the kernel's own functions, whatever /proc/self/status shows. */
export const inInitialUserNamespace = (): boolean =>
  statSync('/proc/self/ns/user').ino === INITIAL_USER_NAMESPACE;

/** With the mount option hidepid the processes of others are invisible, pid 1 among them. */
export const seesOtherProcesses = (): boolean => existsSync('/proc/1/stat');
