import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSchedstat, vhostWorkers } from './vhost.js';

let proc: string;
beforeEach(() => void (proc = mkdtempSync(join(tmpdir(), 'trapline-proc-'))));
afterEach(() => rmSync(proc, { recursive: true }));

/** A thread; each starts at the tick that is ten times its id. */
function thread(tid: number, comm: string): void {
  mkdirSync(join(proc, String(tid)), { recursive: true });
  writeFileSync(join(proc, `${tid}/stat`), `${tid} (${comm}) S ${'0 '.repeat(18)}${tid * 10} 0 0\n`);
  writeFileSync(join(proc, `${tid}/schedstat`), `${tid} 5 1\n`);
}

/** A VMM with further threads by id and name. Returns its key. */
function vmm(pid: number, threads: Record<number, string> = {}): string {
  thread(pid, 'qemu-system-x86');
  for (const [tid, comm] of Object.entries(threads)) thread(Number(tid), comm);
  for (const tid of [pid, ...Object.keys(threads)])
    mkdirSync(join(proc, `${pid}/task/${tid}`), { recursive: true });
  return `${pid}:${pid * 10}`;
}

function kernelThreads(threads: Record<number, string>): void {
  for (const [tid, comm] of Object.entries(threads)) thread(Number(tid), comm);
  mkdirSync(join(proc, '2/task/2'), { recursive: true });
  writeFileSync(join(proc, '2/task/2/children'), `${Object.keys(threads).join(' ')} `);
}

describe('vhostWorkers', () => {
  it('finds kernel threads (until 6.3) by the thread that set the device up', () => {
    const main = vmm(70, { 71: 'CPU 0/KVM' });
    const other = vmm(80, { 81: 'vmm' });
    kernelThreads({ 3: 'rcu_gp', 90: 'vhost-70', 91: 'vhost-70', 92: 'vhost-81', 93: 'vhost-99' });
    expect([...vhostWorkers([main, other], proc)]).toEqual([
      [
        main,
        [
          { tid: 90, startTicks: 900 },
          { tid: 91, startTicks: 910 },
        ],
      ],
      [other, [{ tid: 92, startTicks: 920 }]],
    ]);
  });

  it('finds threads of the VMM (since 6.4)', () => {
    const key = vmm(70, { 71: 'CPU 0/KVM', 72: 'vhost-70' });
    expect([...vhostWorkers([key], proc)]).toEqual([[key, [{ tid: 72, startTicks: 720 }]]]);
  });

  it('believes neither a VMM that speaks of another VM nor a process that is no kernel thread', () => {
    const honest = vmm(70);
    const hostile = vmm(80, { 81: 'vhost-70', 82: 'vhost-', 83: 'vhost-80 ', 84: 'xvhost-80' });
    vmm(95);
    thread(95, 'vhost-70');
    expect(vhostWorkers([honest, hostile], proc).size).toBe(0);
  });

  it('leaves out VMs that have gone', () => {
    const key = vmm(70, { 72: 'vhost-70' });
    rmSync(join(proc, '70'), { recursive: true });
    kernelThreads({ 90: 'vhost-70' });
    expect(vhostWorkers([key], proc).size).toBe(0);
  });
});

describe('readSchedstat', () => {
  it('reads a thread, or nothing where it is gone', () => {
    thread(90, 'vhost-70');
    expect(readSchedstat(90, proc)).toEqual({ running: 90, runqueue: 5 });
    expect(readSchedstat(91, proc)).toBeUndefined();
  });
});
