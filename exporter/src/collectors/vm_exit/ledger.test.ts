import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { atOnce } from '../../breath.js';
import {
  code_space,
  command_row,
  lost_row,
  reason_ring,
  reason_row,
  vcpu_ring,
  vcpu_row,
  vcpu_state,
} from '../../kernel/index.js';
import { TableFiles } from '../../kernel/table_files.testing.js';
import { Inventory } from '../../machine/index.js';
import { Ledger } from './ledger.js';
import { VmTotals, type ThreadsOf } from './vm_totals.js';

const layouts = {
  vcpu_rows: vcpu_row,
  command_rows: command_row,
  reason_rows: reason_row,
  free_vcpus: vcpu_ring,
  free_reasons: reason_ring,
  lost: lost_row,
} as const;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const SECOND = 1e9;
const SVM_IO = 0x7b;
const SVM_HLT = 0x78;

/** The kernel's side of the tables. */
class Kernel extends TableFiles<typeof layouts> {
  readonly #generations = new Map<number, number>();

  constructor() {
    super(layouts);
  }

  /** A new vCPU thread; processes start at the second that is their pid. */
  open(tgid: number, tid: number, tidStart = tgid): number {
    const row = this.take('free_vcpus')!;
    const generation = (this.#generations.get(row) ?? 0) + 1;
    this.#generations.set(row, generation);
    this.set('vcpu_rows', row, {
      ...{ tgid, tid, tgid_start_ns: tgid * SECOND, tid_start_ns: tidStart * SECOND },
      ...{ first_reason: 0xffffffff, reason: 0xffffffff, state: 0, since_ns: 0, guest_ns: 0, generation },
    });
    return row;
  }

  /** Writes the start of the command line of a thread's process. */
  command(row: number, text: string): void {
    const { length } = command_row.fields.text;
    const bytes = Buffer.alloc(length);
    this.set('command_rows', row, { length: bytes.write(text) });
    this.write('command_rows', row, 'text', bytes);
  }

  /** Adds a reason to the front of a thread's list. */
  reason(row: number, code: number, values: Record<string, number>, next = 0xffffffff): number {
    const index = this.take('free_reasons')!;
    this.set('reason_rows', index, { space: code_space.SPACE_SVM, code, next, ...values });
    this.set('vcpu_rows', row, { first_reason: index });
    return index;
  }
}

/** The key of a process of `Kernel.open`: it starts at second `pid`, in ticks of 10 ms. */
const key = (pid: number): string => `${pid}:${pid * 100}`;
const alive =
  (threads: Record<number, number[]>): ThreadsOf =>
  (process) => {
    const tids = threads[Number(process.split(':')[0])];
    return tids && new Set(tids);
  };

describe('Ledger', () => {
  let kernel: Kernel;
  let ledger: Ledger;
  beforeEach(() => {
    kernel = new Kernel();
    ledger = new Ledger(kernel.fd);
  });
  afterEach(() => kernel.destroy());

  const recycle = (threadsOf: ThreadsOf, processes: Iterable<string> = ledger.processes().keys()) =>
    ledger.recycle(ledger.rows(), new Map(Array.from(processes, (each) => [each, threadsOf(each)])));
  const read = (now = 0) => atOnce(ledger.read(now));
  const count = (pid: number, code: number): number | undefined =>
    [...(read(0).get(key(pid))?.reasons.values() ?? [])].find((each) => each.code === code)?.count;

  it('adds the threads of a process and the reasons of a thread', () => {
    const first = kernel.open(10, 11);
    const io = kernel.reason(first, SVM_IO, { count: 1000, kernel_ns: 5 });
    kernel.reason(first, SVM_HLT, { count: 1, blocked_ns: 7 }, io);
    const second = kernel.open(10, 12);
    kernel.reason(second, SVM_IO, { count: 34, kernel_ns: 6 });
    kernel.set('vcpu_rows', first, { guest_ns: 100, emulated_instructions: 2, bus_lock: 3, duration_ns: 9 });
    kernel.set('vcpu_rows', second, { guest_ns: 50, enclave: 4, failed_entry: 5 });

    const totals = read(0).get(key(10))!;
    expect([...totals.reasons.values()]).toEqual([
      { space: 2, code: SVM_HLT, count: 1, kernel: 0, vmm: 0, runqueue: 0, blocked: 7 },
      { space: 2, code: SVM_IO, count: 1034, kernel: 11, vmm: 0, runqueue: 0, blocked: 0 },
    ]);
    expect(totals).toMatchObject({
      ...{ guest: 150, emulatedInstructions: 2, busLock: 3, enclave: 4, failedEntry: 5, duration: 9 },
    });
  });

  it('keeps what a dead thread counted, and gives its rows back', () => {
    const dying = kernel.open(10, 11);
    kernel.reason(dying, SVM_IO, { count: 5 });
    const living = kernel.open(10, 12);
    kernel.reason(living, SVM_IO, { count: 7 });
    expect(recycle(alive({ 10: [12] }))).toEqual(new Map());
    expect(count(10, SVM_IO)).toBe(12);
    expect(recycle(alive({ 10: [12] }))).toEqual(new Map());
    expect(count(10, SVM_IO)).toBe(12);
  });

  it('hands over the last sums of a process that ended, and forgets it', () => {
    kernel.reason(kernel.open(10, 11), SVM_IO, { count: 5 });
    const ended = recycle(alive({}));
    expect([...ended.get(key(10))!.reasons.values()].map((each) => each.count)).toEqual([5]);
    expect(read(0).size).toBe(0);
    expect(ledger.processes().size).toBe(0);
  });

  it('tells a thread from an earlier one with its id', () => {
    kernel.reason(kernel.open(10, 11, 20), SVM_IO, { count: 5 });
    kernel.reason(kernel.open(10, 11, 30), SVM_IO, { count: 7 });
    recycle(alive({ 10: [11] }));
    expect(count(10, SVM_IO)).toBe(12);
    recycle(alive({}));
    expect(read(0).size).toBe(0);
  });

  it('leaves a process that it is not asked about', () => {
    kernel.reason(kernel.open(10, 11), SVM_IO, { count: 5 });
    expect(recycle(alive({}), [key(20)])).toEqual(new Map());
    expect(count(10, SVM_IO)).toBe(5);
  });

  it(
    'fills the table, says when it is full, and fills it again with what it gave back',
    { timeout: 60_000 },
    () => {
      for (let round = 1; round <= 3; round++) {
        const rows = new Set<number>();
        for (let pid = 1; pid <= vcpu_row.rows; pid++) {
          const row = kernel.open(pid, pid);
          kernel.reason(row, SVM_IO, { count: pid });
          rows.add(row);
        }
        expect(rows.size).toBe(vcpu_row.rows);
        expect(kernel.take('free_vcpus')).toBeUndefined();
        const ended = [...recycle(alive({})).values()].flatMap(({ reasons }) => [...reasons.values()]);
        expect(ended.reduce((sum, { count }) => sum + count, 0)).toBe(
          (vcpu_row.rows * (vcpu_row.rows + 1)) / 2,
        );
      }
    },
  );

  it('tells the command line of a process, without an argument that may have been cut', () => {
    const named = kernel.open(10, 11);
    kernel.command(named, 'qemu\0-name\0guest=a\0');
    const long = kernel.open(20, 21);
    kernel.command(long, `qemu\0-name\0guest=${'b'.repeat(1000)}`);
    const unread = kernel.open(30, 31);
    kernel.command(unread, '');
    kernel.set('command_rows', unread, { length: 0xffffffff });
    expect(Object.fromEntries(ledger.processes())).toEqual({
      [key(10)]: 'qemu\0-name\0guest=a\0',
      [key(20)]: 'qemu\0-name\0',
      [key(30)]: `${'\0'.repeat(command_row.fields.text.length)}`,
    });
  });

  it('leaves out a row that is being filled', () => {
    kernel.set('vcpu_rows', kernel.open(10, 11), { generation: 0 });
    expect(read(0).size).toBe(0);
  });

  it('shows a long guest run and a long sleep before they end', () => {
    const running = kernel.open(10, 11);
    kernel.set('vcpu_rows', running, { state: vcpu_state.STATE_GUEST, since_ns: 1 * SECOND, guest_ns: 3 });
    const halted = kernel.open(20, 21);
    const halt = kernel.reason(halted, SVM_HLT, { count: 1, blocked_ns: 5 });
    kernel.set('vcpu_rows', halted, { state: vcpu_state.STATE_KERNEL, since_ns: 1 * SECOND, reason: halt });
    const busy = kernel.open(30, 31);
    const io = kernel.reason(busy, SVM_IO, { count: 1, blocked_ns: 5 });
    kernel.set('vcpu_rows', busy, { state: vcpu_state.STATE_KERNEL, since_ns: 1 * SECOND, reason: io });

    const sums = read(3 * SECOND);
    const blocked = (pid: number) => [...sums.get(key(pid))!.reasons.values()].map((each) => each.blocked);
    expect(sums.get(key(10))!.guest).toBe(2 * SECOND + 3);
    expect(blocked(20)).toEqual([2 * SECOND + 5]);
    expect(blocked(30)).toEqual([5]);
  });

  it('shows no interval that was open when the programs were taken off', () => {
    const resumed = new Ledger(
      (name) => kernel.fd(name as never),
      () => 2 * SECOND,
    );
    const running = kernel.open(10, 11);
    kernel.set('vcpu_rows', running, { state: vcpu_state.STATE_GUEST, since_ns: 1 * SECOND, guest_ns: 3 });
    expect(atOnce(resumed.read(9 * SECOND)).get(key(10))!.guest).toBe(3);
    kernel.set('vcpu_rows', running, { since_ns: 4 * SECOND });
    expect(atOnce(resumed.read(9 * SECOND)).get(key(10))!.guest).toBe(5 * SECOND + 3);
  });

  it('adds up what was lost on every CPU', () => {
    kernel.set('lost', 0, { vcpu_table_full: 1 });
    kernel.set('lost', 255, { vcpu_table_full: 2, task_storage: 3 });
    expect(ledger.lost()).toEqual({ vcpu_table_full: 3, reason_table_full: 0, task_storage: 3 });
  });

  describe('under names', () => {
    let now = 0;
    let vms: VmTotals;
    const recycled = (threadsOf: ThreadsOf) => atOnce(vms.recycle(threadsOf));
    const shown = (): Record<string, number> =>
      Object.fromEntries(
        [...atOnce(vms.read())].map(([name, { reasons }]) => [
          name,
          [...reasons.values()].reduce((n, { count }) => n + count, 0),
        ]),
      );
    beforeEach(() => {
      now = 0;
      const names: Record<string, string> = { [key(10)]: 'a', [key(20)]: 'a', [key(30)]: 'b' };
      vms = new VmTotals(
        ledger,
        (process) => names[process]!,
        60 * SECOND,
        () => now,
      );
    });

    it('an ended VM stays for its time and then goes', () => {
      kernel.reason(kernel.open(10, 11), SVM_IO, { count: 5 });
      recycled(alive({}));
      now = 59 * SECOND;
      recycled(alive({}));
      expect(shown()).toEqual({ a: 5 });
      now = 60 * SECOND;
      recycled(alive({}));
      expect(shown()).toEqual({});
    });

    it('no row is taken back while somebody reads', () => {
      kernel.reason(kernel.open(10, 11), SVM_IO, { count: 5 });
      const reading = vms.read();
      reading.next();
      recycled(alive({}));
      expect(ledger.rows().size).toBe(1);
      expect([...atOnce(reading).keys()]).toEqual(['a']);
      recycled(alive({}));
      expect(ledger.rows().size).toBe(0);
      expect(shown()).toEqual({ a: 5 });
    });

    it('a thread that comes while the others are asked for is not taken for dead', () => {
      kernel.open(10, 11);
      recycled(() => {
        kernel.open(10, 12);
        return new Set([11]);
      });
      expect(ledger.rows().size).toBe(2);
    });

    it('a VM of the same name goes on from there and never falls', () => {
      kernel.reason(kernel.open(10, 11), SVM_IO, { count: 5 });
      recycled(alive({}));
      kernel.reason(kernel.open(20, 21), SVM_IO, { count: 6 });
      kernel.reason(kernel.open(30, 31), SVM_IO, { count: 1 });
      expect(shown()).toEqual({ a: 11, b: 1 });
      now = 1000 * SECOND;
      recycled(alive({ 20: [21], 30: [31] }));
      expect(shown()).toEqual({ a: 11, b: 1 });
    });

    it('six tables full of VMs that end leave no more memory behind than two', { timeout: 60_000 }, () => {
      const inventory = new Inventory('/nonexistent');
      vms = new VmTotals(
        ledger,
        (process) => inventory.nameOf(process)!,
        60 * SECOND,
        () => now,
      );
      const round = (number: number): number => {
        for (let pid = 1; pid <= vcpu_row.rows; pid++) {
          const row = kernel.open(number * vcpu_row.rows + pid, pid);
          kernel.command(row, `qemu\0-name\0guest=vm-${number}-${pid}\0`);
          kernel.reason(row, SVM_IO, { count: 1 });
        }
        now += SECOND;
        inventory.refresh([], ledger.processes());
        recycled(alive({}));
        atOnce(vms.read());
        inventory.refresh([], ledger.processes());
        collectGarbage();
        return process.memoryUsage().heapUsed;
      };
      recycled(alive({}));
      // The first round leaves what the engine makes once: compiled code, and maps of their full size.
      const [, second, ...rest] = [0, 1, 2, 3, 4, 5].map(round);
      // 32 bytes for each VM: the engine's own is less, and a name with its place in a map takes more.
      expect(rest.at(-1)! - second!).toBeLessThan(rest.length * vcpu_row.rows * 32);
      expect(Object.values(shown()).reduce((sum, n) => sum + n, 0)).toBe(6 * vcpu_row.rows);
    });

    it('an open interval that turns out shorter is never taken back', () => {
      const row = kernel.open(10, 11);
      kernel.set('vcpu_rows', row, { state: vcpu_state.STATE_GUEST, since_ns: 0, guest_ns: 0 });
      now = 3 * SECOND;
      expect(atOnce(vms.read()).get('a')!.guest).toBe(3 * SECOND);
      kernel.set('vcpu_rows', row, {
        state: vcpu_state.STATE_KERNEL,
        since_ns: 3 * SECOND,
        guest_ns: 2 * SECOND,
      });
      expect(atOnce(vms.read()).get('a')!.guest).toBe(3 * SECOND);
    });
  });
});
