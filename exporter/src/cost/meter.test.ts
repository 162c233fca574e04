import { beforeEach, describe, expect, it } from 'vitest';
import type { ProgramRunStats } from '../kernel/index.js';
import { CostMeter } from './meter.js';

/** A kernel whose programs each take a fixed time and run a fixed number of times a second while it measures. */
class FakeKernel {
  time = 100;
  measuring = 0;
  readonly programs = new Map<string, ProgramRunStats & { nsPerSecond: number; runsPerSecond: number }>();

  add(signal: string, program: string, nsPerSecond: number, runsPerSecond: number): void {
    this.programs.set(program, { signal, program, ns: 7, runs: 3, nsPerSecond, runsPerSecond });
  }

  start = (): (() => void) => {
    this.measuring++;
    return () => void this.measuring--;
  };
  read = (): ProgramRunStats[] =>
    [...this.programs.values()].map(({ signal, program, ns, runs }) => ({ signal, program, ns, runs }));
  now = (): number => this.time;
  pass = async (seconds: number): Promise<void> => {
    this.time += seconds;
    if (this.measuring === 0) return;
    for (const each of this.programs.values()) {
      each.ns += each.nsPerSecond * seconds;
      each.runs += each.runsPerSecond * seconds;
    }
  };
}

describe('CostMeter', () => {
  let kernel: FakeKernel;
  let meter: CostMeter;
  beforeEach(() => {
    kernel = new FakeKernel();
    kernel.add('vm_exit', 'kvm_exit', 2e6, 1000);
    kernel.add('vm_exit', 'kvm_entry', 1e6, 1000);
    meter = new CostMeter(kernel, 1, kernel.pass);
  });

  it('adds up a signal in the window, and lets the window stand for the time since the last', async () => {
    const first = await meter.measure();
    expect(first.load).toEqual(new Map([['vm_exit', 0.003]]));
    expect(first.programs).toContainEqual({
      signal: 'vm_exit',
      program: 'kvm_exit',
      seconds: 0.002,
      runs: 1000,
    });
    await kernel.pass(9);
    const { programs } = await meter.measure();
    expect(programs).toContainEqual({ signal: 'vm_exit', program: 'kvm_exit', seconds: 0.022, runs: 11_000 });
  });

  it('has the kernel measure in the window only, and not after a failure either', async () => {
    await meter.measure();
    expect(kernel.measuring).toBe(0);
    kernel.read = () => {
      throw new Error('gone');
    };
    await expect(meter.measure()).rejects.toThrow('gone');
    expect(kernel.measuring).toBe(0);
  });

  it('has no window for a program that comes or is loaded anew in it, and keeps the sum of one that is gone', async () => {
    await meter.measure();
    const slow = kernel.pass;
    meter = new CostMeter(kernel, 1, async (seconds) => {
      await slow(seconds);
      kernel.add('softirq', 'softirq_entry', 1e6, 10);
      kernel.programs.get('kvm_exit')!.runs = 0;
    });
    const { load, programs } = await meter.measure();
    expect(load).toEqual(new Map([['vm_exit', 0.001]]));
    expect(programs.map(({ program }) => program)).toEqual(['kvm_entry']);
    kernel.programs.delete('kvm_entry');
    expect((await meter.measure()).programs.map(({ program }) => program)).toContain('kvm_entry');
  });
});
