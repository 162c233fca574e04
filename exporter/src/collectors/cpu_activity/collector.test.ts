import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Sink } from '../../exposition/metric.js';
import { cpu_activity_process, cpu_activity_row, Table } from '../../kernel/index.js';
import { TableFiles } from '../../kernel/table_files.testing.js';
import { ACTIVITIES } from './activities.js';
import { CpuActivityCollector } from './collector.js';
import { Processes } from './processes.js';

/** Of a machine with two CPUs, as `onEveryCpu` makes it. */
const rows: typeof cpu_activity_row = Object.assign({}, cpu_activity_row, { rows: 2 });
const layouts = { rows, processes: cpu_activity_process } as const;
const LINGER = 60;
const QEMU = '10:1';

describe('CpuActivityCollector', () => {
  let kernel: TableFiles<typeof layouts>;
  let collector: CpuActivityCollector;
  let resumedNs: number;
  let now: number;
  beforeEach(() => {
    kernel = new TableFiles(layouts);
    resumedNs = 0;
    now = 0;
    collector = new CpuActivityCollector(
      new Table(kernel.fd('rows'), rows),
      () => [0],
      new Processes(new Table(kernel.fd('processes'), cpu_activity_process, 'write')),
      () => resumedNs,
      (key) => `vm-${key}`,
      LINGER,
      () => now,
    );
  });
  afterEach(() => kernel.destroy());

  function collected(): Record<string, number> {
    const samples: Record<string, number> = {};
    const sample: Sink['sample'] = (_, labels, value) => void (samples[labels.join('/')] = value);
    collector.collect({ sample, histogram: () => {} });
    return samples;
  }

  it('has a series for every activity, over all CPUs', () => {
    for (const [cpu, ns] of [1e9, 2e9].entries()) {
      kernel.set('rows', cpu, { spent_ns: 5 }); // unlisted: never exported
      setSpent(cpu, ACTIVITIES.idle, ns);
      setSpent(cpu, ACTIVITIES.guest, 1e8);
    }
    expect(collected()).toEqual({
      ...{ 'guest/': 0.2, 'exit_handling/': 0, 'interrupt/': 0, 'polling/': 0, 'copy/': 0 },
      ...{ 'bridging/': 0, 'capture/': 0, 'vmm/': 0, 'other/': 0, 'idle/': 3 },
    });
  });

  it('counts an online CPU that sleeps as idle, and never falls', () => {
    const idle = (): number | undefined => collected()['idle/'];
    for (const cpu of [0, 1]) kernel.set('rows', cpu, { sampled_ns: 1e9 });
    now = 1.03e9;
    expect(idle()).toBe(0);
    now = 11e9;
    const asleep = 10 - 1 / 49;
    expect(idle()).toBeCloseTo(asleep, 9);
    kernel.set('rows', 0, { sampled_ns: 11e9 });
    expect(idle()).toBeCloseTo(asleep, 9);
    setSpent(0, ACTIVITIES.idle, 10e9);
    expect(idle()).toBe(10);
  });

  it('keeps what a VM took until its linger time is over', () => {
    collector.know([QEMU], [QEMU, '11:1']);
    kernel.set('processes', 10, { guest_ns: 3e9, exit_handling_ns: 2e9, vmm_ns: 1e9 });
    const taken = { 'guest/vm-10:1': 3, 'exit_handling/vm-10:1': 2, 'vmm/vm-10:1': 1 };
    expect(collected()).toMatchObject(taken);
    now = 100;
    collector.know([], []);
    expect(collected()).toMatchObject(taken);
    now += LINGER;
    collector.know([], []);
    expect(Object.keys(collected()).filter((key) => key.includes('vm-'))).toEqual([]);
    expect(collector.lost()).toEqual({ process_table_full: 0 });
  });

  function setSpent(cpu: number, activity: number, ns: number): void {
    const table = new Table(kernel.fd('rows'), { ...rows, fields: spentAt(activity) }, 'write');
    table.setU64(cpu, 'spent', BigInt(ns));
  }
});

const spentAt = (activity: number) =>
  ({ spent: { type: 'u64', offset: rows.fields.spent_ns.offset + 8 * activity } }) as const;
