/** Threads of this machine that are called as vhost workers are, steered and back. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandShell } from '../shell/command_shell.js';
import type { Plan } from '../plan/plan.js';
import type { Equipment } from './equipment.js';
import { Journal } from './journal.js';
import { findSteered, pin } from './pinning.js';
import { JournaledChanges, undo } from './undo.js';

const host = new CommandShell('host');
let workers: ChildProcess[];
let vm: number;
let folder: string;

beforeEach(async () => {
  // What serves VM 1 is found by the name of its threads alone: before Linux 6.4 they are no threads of the VMM.
  vm = process.pid;
  folder = mkdtempSync(join(tmpdir(), 'pinning-'));
  workers = [vm, vm, vm + 1].map((pid) =>
    spawn('sh', ['-c', `echo vhost-${pid} > /proc/$$/comm; read -r end`], {
      stdio: ['pipe', 'ignore', 'ignore'],
    }),
  );
  const named = (pid: number): boolean => readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('vhost-');
  while (!workers.every(({ pid }) => named(pid!))) await sleep(10);
});

afterEach(() => {
  for (const worker of workers) worker.kill();
  rmSync(folder, { recursive: true });
});

const cpusOf = (pid: number): string =>
  /Cpus_allowed_list:\s*(\S+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]!;

const planOf = (pinning: Plan['pinning']): Plan => ({ pinning, host: { device: 'lo' } }) as Plan;

describe('pinning', () => {
  const equipment = { host, vmProcess: async () => vm } as unknown as Equipment;

  it('finds the vhost workers of the VM, and no interrupt of a device that has none', async () => {
    const found = await findSteered(planOf({ vhost: [0], interrupts: [0], vcpu: [0] }), equipment);
    const ids = found.vhost!.map(({ id }) => id).sort((a, b) => a - b);
    expect(ids).toEqual([workers[0]!.pid, workers[1]!.pid]);
    expect(found.vhost!.map(({ cpus }) => cpus)).toEqual(ids.map(cpusOf));
    expect(found.interrupts).toEqual([]);
    // No thread of this process has run a guest.
    expect(found.vcpu).toEqual([]);
  });

  it.skipIf(availableParallelism() < 2)('steers them, and back, though one is gone by then', async () => {
    const journal = new Journal(join(folder, 'journal.jsonl'));
    const [first, second, other] = workers.map(({ pid }) => pid!) as [number, number, number];
    const before = cpusOf(first);
    await pin(planOf({ vhost: [1] }), equipment, new JournaledChanges(journal));
    expect([cpusOf(first), cpusOf(second), cpusOf(other)]).toEqual(['1', '1', before]);
    expect(journal.open.map(({ what }) => what).sort()).toEqual(
      [first, second].map((pid) => `put vhost worker ${pid} on CPU 1`).sort(),
    );
    const gone = once(workers[1]!, 'exit');
    workers[1]!.kill();
    await gone;
    expect(await undo(journal, { host })).toEqual([]);
    expect(cpusOf(first)).toBe(before);
    expect(journal.open).toEqual([]);
  });
});
