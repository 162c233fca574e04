import { readText } from './read.js';
import { parseSchedstat, type SchedStat } from './schedstat.js';
import { parseStat } from './stat.js';
import { threadsOf } from './threads.js';

/** A thread that moves packets between a VM's queues and the host. */
export interface VhostWorker {
  tid: number;
  /** Start in clock ticks since boot: with `tid`, its identity. */
  startTicks: number;
}

/**
 * The vhost workers of each of the VMs with these keys (`pid:startTicks`). Until 6.3 a worker is a kernel thread, since
 * 6.4 (f9010dbdce91) a thread of the VMM; both are called vhost-<tid>, after the VMM's thread that set the device up.
 * A kernel thread can only be told from others where the kernel lists the children of kthreadd (CONFIG_PROC_CHILDREN).
 */
export function vhostWorkers(vms: Iterable<string>, proc = '/proc'): Map<string, VhostWorker[]> {
  const vmOf = new Map<number, string>();
  for (const key of vms) for (const tid of threadsOf(key, proc) ?? []) vmOf.set(tid, key);
  const found = new Map<string, VhostWorker[]>();
  for (const tid of [...kernelThreads(proc), ...vmOf.keys()]) {
    const stat = parseStat(readText(`${proc}/${tid}/stat`) ?? '');
    const vm = vmOf.get(Number(/^vhost-(\d+)$/.exec(stat?.comm ?? '')?.[1]));
    // What a VMM calls its own threads says nothing about another VM.
    if (!stat || vm === undefined || (vmOf.get(tid) ?? vm) !== vm) continue;
    found.set(vm, [...(found.get(vm) ?? []), { tid, startTicks: stat.startTicks }]);
  }
  return found;
}

/** What a thread was given so far; undefined when it is gone. */
export const readSchedstat = (tid: number, proc = '/proc'): SchedStat | undefined =>
  parseSchedstat(readText(`${proc}/${tid}/schedstat`) ?? '');

/** Process 2 is kthreadd, the parent of kernel threads and of nothing else. */
const kernelThreads = (proc: string): number[] =>
  (readText(`${proc}/2/task/2/children`) ?? '').split(' ').filter(Boolean).map(Number);
