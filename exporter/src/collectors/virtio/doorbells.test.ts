import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { virtio_lost_row, virtio_row, virtio_vm_ring } from '../../kernel/index.js';
import { TableFiles } from '../../kernel/table_files.testing.js';
import { DoorbellLedger } from './doorbells.js';

const SECOND = 1e9;

const layouts = {
  virtio_rows: virtio_row,
  free_virtio_rows: virtio_vm_ring,
  virtio_lost: virtio_lost_row,
} as const;

/** The key of a process that starts at second `pid`, in ticks of 10 ms. */
const key = (pid: number): string => `${pid}:${pid * 100}`;

describe('DoorbellLedger', () => {
  let kernel: TableFiles<typeof layouts>;
  let ledger: DoorbellLedger;
  beforeEach(() => {
    kernel = new TableFiles(layouts);
    ledger = new DoorbellLedger(kernel.fd);
  });
  afterEach(() => kernel.destroy());

  /** A VM's first event, as open_row() in bpf/virtio.bpf.c. */
  function open(tgid: number, generation: number, counts: Record<string, number> = {}): number {
    const row = kernel.take('free_virtio_rows')!;
    const none = { kicks_ioeventfd: 0, kicks_vmm: 0, injections_fast: 0, injections_deferred: 0 };
    kernel.set('virtio_rows', row, {
      ...{ tgid, tgid_start_ns: tgid * SECOND, ended: 0, injections_vmm: 0 },
      ...{ ...none, ...counts, generation },
    });
    return row;
  }

  const kicks = (pid: number): number | undefined => ledger.read().get(key(pid))?.kicks.ioeventfd;
  const alive = (): boolean => true;
  const gone = (): boolean => false;

  it('reads every counter of every VM', () => {
    open(10, 1, { kicks_ioeventfd: 1, kicks_vmm: 2 });
    open(11, 1, { injections_fast: 3, injections_deferred: 4, injections_vmm: 5 });
    const none = { fast: 0, deferred: 0, vmm: 0 };
    expect([...ledger.read()]).toEqual([
      [key(10), { kicks: { ioeventfd: 1, vmm: 2 }, injections: none }],
      [key(11), { kicks: { ioeventfd: 0, vmm: 0 }, injections: { fast: 3, deferred: 4, vmm: 5 } }],
    ]);
  });

  it('adds the VMs of one process, those included that have ended', () => {
    const first = open(10, 1, { kicks_ioeventfd: 5 });
    open(10, 1, { kicks_ioeventfd: 7 });
    kernel.set('virtio_rows', first, { ended: 1 });
    expect(kicks(10)).toBe(12);
    expect(ledger.recycle(alive).size).toBe(0);
    expect(kicks(10)).toBe(12);
  });

  it('leaves a row alone while its VM lives, even if its process seems gone', () => {
    open(10, 1, { kicks_ioeventfd: 5 });
    expect(ledger.recycle(gone).size).toBe(0);
    expect(kicks(10)).toBe(5);
  });

  it('hands over the last sums of an ended process, once', () => {
    kernel.set('virtio_rows', open(10, 1, { kicks_ioeventfd: 5 }), { ended: 1 });
    expect(ledger.recycle(gone).get(key(10))?.kicks.ioeventfd).toBe(5);
    expect(ledger.recycle(gone).size).toBe(0);
    expect(ledger.read().size).toBe(0);
  });

  it('uses every row again', () => {
    for (let round = 1; round <= 2; round++) {
      for (let vm = 0; vm < virtio_row.rows; vm++)
        kernel.set('virtio_rows', open(10, round, { kicks_ioeventfd: 1 }), { ended: 1 });
      expect(kernel.take('free_virtio_rows')).toBeUndefined();
      ledger.recycle(alive);
      expect(kicks(10)).toBe(round * virtio_row.rows);
    }
  });

  it('says what was lost', () => {
    kernel.set('virtio_lost', 0, { vm_table_full: 3, owner_unknown: 4 });
    expect(ledger.lost()).toEqual({ vm_table_full: 3, owner_unknown: 4 });
  });
});
