/**
 * What Trapline counts on a KVM host, against what was done and against perf. The tests of one kernel share one emulated
 * host and stand in the order of its life: Trapline starts before kvm_amd is there, and at the end nothing is left.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { overBudget, REMEDY, type Budget, type Counts } from '../../bpf/instructions.js';
import { modules } from '../../exporter/src/collectors/catalogue.js';
import { CHECKOUT } from '../checkout.js';
import { LabHost } from '../host.js';
import { startNestedGuest, type NestedGuest } from '../nested-guest.js';
import type { LabProcess } from '../process.js';
import { startTraffic } from '../traffic.js';
import { buildExporter, scrape, startTrapline } from '../trapline.js';
import { kernelsFor } from './kernels.js';
import { accountedSeconds, accountedTime, exitsByClass, sumOf, total } from './metrics.js';
import { PerfCount, SVM_EXIT } from './perf.js';
import { LabPortWriter } from './port-writer.js';
import { disagreements } from './reason-names.js';

/** Options that leave one collector with programs on. */
const ONLY_VM_EXIT = modules
  .filter(
    ({ signals, offByDefault, description }) =>
      signals.length > 0 && !offByDefault && description.name !== 'vm_exit',
  )
  .map(({ description }) => `--no-collector.${description.name}`);

const budget = JSON.parse(readFileSync(join(CHECKOUT, 'bpf/budget.json'), 'utf8')) as Budget;
/** A share of 1: Debian updates its kernels. */
const VERIFIERS_DIFFER = 0.1;

/** Enough that a single lost or doubled event in a thousand shows, little enough for emulation. */
const WRITES = 2000;

describe.each(kernelsFor('vm-exit'))('on Linux %s', (kernel) => {
  let host: LabHost;
  let trapline: LabProcess;
  let writer: LabPortWriter;
  let bpfBefore: string;

  beforeAll(async () => {
    await buildExporter();
    host = await LabHost.boot({ kernel, modules: ['vhost_net', 'tun', 'bridge', 'veth'] });
    bpfBefore = await bpfObjects(host);
    trapline = await startTrapline(host);
  });

  afterAll(async () => {
    await host?.stop();
  });

  it('attaches to kvm_amd when it is loaded after Trapline', async () => {
    expect(await attached(host, 'kvm_exit')).toBe(0);
    await host.must('modprobe kvm_amd');
    await until(async () => (await attached(host, 'kvm_exit')) === 1);
    for (const program of [
      'kvm_exit',
      'kvm_entry',
      'kvm_userspace_exit',
      'kvm_vcpu_wakeup',
      'kvm_emulate_insn',
    ]) {
      expect(await attached(host, program), program).toBe(1);
    }
  });

  it('makes no more of the programs than is recorded for it', async () => {
    const counts = JSON.parse(
      await host.must('node --import tsx bpf/verified.ts', { timeout: 300 }),
    ) as Counts;
    expect(overBudget(kernel, counts, budget[kernel] ?? {}, VERIFIERS_DIFFER), REMEDY).toEqual([]);
  });

  it('names exit reasons as the running kernel does', async () => {
    await host.must('mountpoint -q /sys/kernel/tracing || mount -t tracefs none /sys/kernel/tracing');
    const format = await host.must('cat /sys/kernel/tracing/events/kvm/kvm_exit/format');
    const { compared, different } = disagreements(format);
    expect(compared).toBeGreaterThan(150);
    expect(different).toEqual([]);
  });

  it('counts as many io exits as there were port writes, and one halt', async () => {
    writer = await LabPortWriter.start(host, 'writer');
    const { ioExits, haltExits } = await writer.write(WRITES);
    expect({ ioExits, haltExits }).toEqual({ ioExits: WRITES, haltExits: 1 });

    const text = await scrape(host);
    const exits = await exitsByClass(host, 'writer');
    expect({ io: exits['io'], halt: exits['halt'] }).toEqual({ io: WRITES, halt: 1 });
    const userspace = (name: string) =>
      sumOf(text, 'trapline_vm_userspace_exits_total', { vm: 'writer', class: name });
    expect({ io: userspace('io'), halt: userspace('halt') }).toEqual({ io: WRITES, halt: 1 });
  });

  it('counts no reason of the run before where a run is interrupted', async () => {
    const { ioExits, interruptedRuns } = await writer.write(100, 50);
    expect({ ioExits, interruptedRuns }).toEqual({ ioExits: 100, interruptedRuns: 5000 });
    const userspace = async (reason: string) =>
      sumOf(await scrape(host), 'trapline_vm_userspace_exits_total', { vm: 'writer', reason });
    expect(await userspace('io')).toBe(WRITES + 100);
    expect(await userspace('hlt')).toBe(2);
    expect(await userspace('intr')).toBe(5000);
  });

  it('leaves to perf what perf counts without it', async () => {
    expect(await perfOfOneRound(host, writer)).toEqual([WRITES, 1]);
  });

  it('accounts for all the time of a vCPU that mostly waits in its VMM', async () => {
    // Time is booked when a state ends, so it is compared from one halt to another.
    const first = await writer.write(1);
    const before = await accountedSeconds(host, 'writer');
    await host.must('sleep 10');
    const second = await writer.write(WRITES);
    const accounted = (await accountedSeconds(host, 'writer')) - before;
    const wall = second.haltedAt - first.haltedAt;
    expect(wall).toBeGreaterThan(10);
    expect(Math.abs(accounted / wall - 1)).toBeLessThan(0.01);
  });

  describe('with a nested Debian guest that captures', () => {
    let guest: NestedGuest;

    beforeAll(async () => {
      guest = await startNestedGuest(host, 'appliance');
      await startTraffic(host, guest.wiring.wire);
    });

    afterAll(async () => {
      await guest?.process.stop('KILL');
    });

    it('counts the exits that perf counts', async () => {
      // While the guest stands still no exit can fall between the two readings: what is left to compare is exact.
      await freeze(guest.process);
      const before = total(await exitsByClass(host, 'appliance'));
      const perf = await PerfCount.start(host, guest.process.pid);
      await guest.process.signal('CONT');
      await host.must('sleep 10');
      await freeze(guest.process);
      const [counted] = await perf.stop();
      const after = total(await exitsByClass(host, 'appliance'));
      await guest.process.signal('CONT');
      expect(counted).toBeGreaterThan(100);
      expect(after - before).toBe(counted);
    });

    it('accounts for all the time of its vCPU', async () => {
      const { accounted, wall } = await accountedTime(host, 'appliance', 30);
      expect(wall).toBeGreaterThan(15);
      expect(Math.abs(accounted / wall - 1)).toBeLessThan(0.01);
    });

    it('sees the traffic pass the tap of its VM', async () => {
      const text = await scrape(host);
      const labels = { stage: 'tap', device: guest.wiring.tap, vm: 'appliance', direction: 'transmit' };
      expect(sumOf(text, 'trapline_path_packets_total', labels)).toBeGreaterThan(0);
      expect(sumOf(text, 'trapline_vm_info', { vm: 'appliance', uuid: guest.uuid, vmm: 'qemu' })).toBe(1);
    });
  });

  it('leaves nothing behind after SIGTERM', async () => {
    await trapline.stop('TERM');
    await until(async () => (await bpfObjects(host)) === bpfBefore);
    expect(await perfOfOneRound(host, writer)).toEqual([WRITES, 1]);
    await writer.process.stop();
    await host.must('rmmod kvm_amd && modprobe kvm_amd');
  });

  describe('with next to nothing as its cost budget', () => {
    const halted = { first: 0, counted: [] as number[], off: 0, stillOff: 0 };
    let before = 0;

    it('takes the programs of VM exits off when they run, and says so', async () => {
      trapline = await startTrapline(host, '127.0.0.1', '--cost-budget', '0.0000001%', ...ONLY_VM_EXIT);
      writer = await LabPortWriter.start(host, 'dear');
      halted.first = (await writer.write(1)).haltedAt;
      halted.counted.push(halted.first, halted.first);
      before = await accountedSeconds(host, 'dear');
      await until(async () => {
        const { haltedAt } = await writer.write(WRITES);
        if ((await attached(host, 'kvm_exit')) === 0) return true;
        halted.counted.push(haltedAt);
        return false;
      });
      const text = await scrape(host);
      const reason = 'over the cost budget of 1e-7 %';
      expect(
        text.match(new RegExp(`^trapline_program_attached{.*reason="${reason}"} 0$`, 'gm')),
      ).toHaveLength(5);
      expect(text).not.toContain('trapline_vm_exits_total{');
      expect(sumOf(text, 'trapline_collector_up', { collector: 'vm_exit' })).toBe(1);
    });

    it('tries them again after a minute, and counts every exit from then on', async () => {
      halted.off = (await writer.write(WRITES)).haltedAt;
      await host.must('sleep 40');
      halted.stillOff = (await writer.write(WRITES)).haltedAt;
      expect(await attached(host, 'kvm_exit')).toBe(0);
      await until(async () => (await attached(host, 'kvm_exit')) === 1);
      await writer.write(1);
      const ioExits = async () => (await exitsByClass(host, 'dear'))['io']!;
      const exits = await ioExits();
      await writer.write(WRITES);
      expect((await ioExits()) - exits).toBe(WRITES);
    });

    it('leaves the pause out of the time it accounts for', async () => {
      const { haltedAt } = await writer.write(1);
      const accounted = (await accountedSeconds(host, 'dear')) - before;
      const wall = haltedAt - halted.first;
      // Off for at least as long as it was seen to be, and on at least until the last but one round that was counted.
      expect(halted.stillOff - halted.off).toBeGreaterThan(40);
      expect(accounted).toBeLessThan(wall - (halted.stillOff - halted.off));
      expect(accounted).toBeGreaterThan(halted.counted.at(-2)! - halted.first);
      await writer.process.stop();
    });
  });

  it('leaves nothing behind after SIGKILL', async () => {
    await until(async () => (await attached(host, 'kvm_exit')) === 1);
    expect(await attached(host, 'kvm_exit')).toBe(1);
    expect(await bpfObjects(host)).not.toBe(bpfBefore);
    await trapline.stop('KILL');
    await until(async () => (await bpfObjects(host)) === bpfBefore);
    await host.must('rmmod kvm_amd');
  });
});

/** All BPF programs, maps and links of the host, as text to compare. */
async function bpfObjects(host: LabHost): Promise<string> {
  return host.must('for kind in prog map link; do bpftool $kind show -j; done');
}

async function attached(host: LabHost, program: string): Promise<number> {
  return sumOf(await scrape(host), 'trapline_program_attached', { program });
}

/** The port writes and halts that perf counts in one round of the port writer. */
async function perfOfOneRound(host: LabHost, writer: LabPortWriter): Promise<number[]> {
  const perf = await PerfCount.start(host, writer.process.pid, [SVM_EXIT.ioio, SVM_EXIT.hlt]);
  await writer.write(WRITES);
  return perf.stop();
}

/** Stops every thread of a process; returns when none runs any more. */
async function freeze(process: LabProcess): Promise<void> {
  await process.signal('STOP');
  await process.until(`! grep -L 'State:.T' /proc/${process.pid}/task/*/status | grep -q .`);
}

/** Waits for what must come, and says so when it has not come within a minute. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  await expect.poll(condition, { timeout: 60_000, interval: 500 }).toBe(true);
}
