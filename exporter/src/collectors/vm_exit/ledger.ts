import {
  command_row,
  FreeRing,
  lost_row,
  reason_ring,
  reason_row,
  RowPool,
  Table,
  vcpu_ring,
  vcpu_row,
  vcpu_state,
} from '../../kernel/index.js';
import { processKey, type ProcessKey } from '../fleet.js';
import { reasonOf } from './reasons.js';
import { Totals } from './totals.js';

/** A guest that has not exited, or a halted vCPU that has not woken, for longer than this is shown as it stands. */
const OPEN_INTERVAL_NS = 100_000_000;

/** Rows read at a stretch: less than a millisecond's work. */
const PIECE = 64;

/**
 * The rows of bpf/vm_exit.bpf.c added up to VMs. A row of a dead thread is read a last time, its sums are kept with its VM
 * and the row goes back to the programs.
 */
export class Ledger {
  readonly #vcpus: Table<typeof vcpu_row>;
  readonly #commands: Table<typeof command_row>;
  readonly #reasons: Table<typeof reason_row>;
  readonly #lost: Table<typeof lost_row>;
  readonly #pool: RowPool;
  readonly #freeReasons: FreeRing;
  /** Whose each row was when it was last looked at. */
  readonly #processes: { generation: number; key: ProcessKey }[] = [];
  /** The starts of command lines, as they were last asked for. */
  #told: ReadonlyMap<ProcessKey, string> = new Map();
  /** Sums of dead threads of processes that live. */
  readonly #folded = new Map<ProcessKey, Totals>();

  /** `map` gives the descriptor of a table of vmExitSignal; `resumedNs` tells when its programs were last put back. */
  constructor(
    map: (name: string) => number,
    private readonly resumedNs: () => number = () => 0,
  ) {
    this.#freeReasons = new FreeRing(map('free_reasons'), reason_ring);
    this.#vcpus = new Table(map('vcpu_rows'), vcpu_row);
    this.#commands = new Table(map('command_rows'), command_row);
    this.#reasons = new Table(map('reason_rows'), reason_row);
    this.#lost = new Table(map('lost'), lost_row);
    this.#pool = new RowPool(new FreeRing(map('free_vcpus'), vcpu_ring), (row) =>
      this.#vcpus.u32(row, 'generation'),
    );
  }

  /** The processes that have a row, with the start of their command lines; it is empty where the kernel's side had none. */
  processes(): ReadonlyMap<ProcessKey, string> {
    const processes = new Map([...this.#folded.keys()].map((key) => [key, '']));
    for (const row of this.#pool.inUse()) {
      const key = this.#processOf(row);
      if (!processes.get(key)) processes.set(key, this.#told.get(key) || this.#commandOf(row));
    }
    return (this.#told = processes);
  }

  /** The rows in use now, each with its generation. */
  rows(): Map<number, number> {
    return new Map(this.#pool.inUse().map((row) => [row, this.#vcpus.u32(row, 'generation')]));
  }

  /**
   * The sums of every process that has or had a vCPU here and was not ended, in pieces; none may be recycled meanwhile. `now` is
   * CLOCK_MONOTONIC in ns.
   */
  *read(now: number): Generator<void, Map<ProcessKey, Totals>> {
    const processes = new Map<ProcessKey, Totals>();
    for (const [key, folded] of this.#folded) {
      const totals = new Totals();
      totals.add(folded);
      processes.set(key, totals);
    }
    for (const [i, row] of this.#pool.inUse().entries()) {
      const key = this.#processOf(row);
      const totals = processes.get(key) ?? new Totals();
      processes.set(key, totals);
      this.#addRow(totals, row);
      this.#addOpenInterval(totals, row, now);
      if (i % PIECE === 0) yield;
    }
    return processes;
  }

  /**
   * Takes back the rows of dead threads of the processes in `living`: another one, which may come any time, has no name yet.
   * `living` has the threads of each, or undefined for one that has ended, as found after `known` was: a thread that came in
   * between is not taken for dead. Returns the last sums of processes that have ended; they are then forgotten.
   */
  recycle(
    known: ReadonlyMap<number, number>,
    living: ReadonlyMap<ProcessKey, ReadonlySet<number> | undefined>,
  ): Map<ProcessKey, Totals> {
    const newest = this.#newestRows();
    for (const [row, generation] of known) {
      if (!this.#pool.isInUse(row, generation)) continue;
      const key = this.#processOf(row);
      const tid = this.#vcpus.u32(row, 'tid');
      if (!living.has(key) || (living.get(key)?.has(tid) && newest.get(tid) === row)) continue;
      const folded = this.#folded.get(key) ?? new Totals();
      this.#folded.set(key, folded);
      this.#addRow(folded, row);
      this.#giveBack(row);
    }
    const ended = new Map<ProcessKey, Totals>();
    for (const [key, totals] of this.#folded) if (living.has(key) && !living.get(key)) ended.set(key, totals);
    for (const key of ended.keys()) this.#folded.delete(key);
    return ended;
  }

  /** Events that could not be counted, by cause. */
  lost(): Record<keyof typeof lost_row.fields, number> {
    const sum = { vcpu_table_full: 0, reason_table_full: 0, task_storage: 0 };
    for (let cpu = 0; cpu < lost_row.rows; cpu++) {
      for (const cause of Object.keys(sum) as (keyof typeof sum)[]) sum[cause] += this.#lost.u64(cpu, cause);
    }
    return sum;
  }

  #processOf(row: number): ProcessKey {
    const generation = this.#vcpus.u32(row, 'generation');
    const known = this.#processes[row];
    if (known?.generation === generation) return known.key;
    const key = processKey(this.#vcpus.u32(row, 'tgid'), this.#vcpus.u64(row, 'tgid_start_ns'));
    this.#processes[row] = { generation, key };
    return key;
  }

  /** Whole arguments: the last one may have been cut. */
  #commandOf(row: number): string {
    const { offset, length: capacity } = command_row.fields.text;
    const length = Math.min(this.#commands.u32(row, 'length'), capacity);
    if (length === 0) return '';
    const text = this.#commands.bytes(row).toString('utf8', offset, offset + length);
    return text.slice(0, text.lastIndexOf('\0') + 1);
  }

  /** A new thread can get the id of one that has ended: only the one started last can be alive. */
  #newestRows(): Map<number, number> {
    const newest = new Map<number, number>();
    const startOf = (row: number): number => this.#vcpus.u64(row, 'tid_start_ns');
    for (const row of this.#pool.inUse()) {
      const tid = this.#vcpus.u32(row, 'tid');
      const other = newest.get(tid);
      if (other === undefined || startOf(row) > startOf(other)) newest.set(tid, row);
    }
    return newest;
  }

  #reasonsOf(row: number): number[] {
    const list: number[] = [];
    const { capacity } = this.#freeReasons;
    let reason = this.#vcpus.u32(row, 'first_reason');
    while (reason < capacity && list.length < capacity) {
      list.push(reason);
      reason = this.#reasons.u32(reason, 'next');
    }
    return list;
  }

  #addRow(totals: Totals, vcpuRow: number): void {
    const vcpu = this.#vcpus.columns;
    totals.guest += vcpu.guest_ns.at(vcpuRow);
    totals.emulatedInstructions += vcpu.emulated_instructions.at(vcpuRow);
    totals.busLock += vcpu.bus_lock.at(vcpuRow);
    totals.enclave += vcpu.enclave.at(vcpuRow);
    totals.failedEntry += vcpu.failed_entry.at(vcpuRow);
    totals.duration += vcpu.duration_ns.at(vcpuRow);
    for (let i = 0; i < totals.durations.length; i++) totals.durations[i]! += vcpu.durations.at(vcpuRow, i);
    const reason = this.#reasons.columns;
    for (const row of this.#reasonsOf(vcpuRow)) {
      const sum = totals.reason(reason.space.at(row), reason.code.at(row));
      sum.count += reason.count.at(row);
      sum.kernel += reason.kernel_ns.at(row);
      sum.vmm += reason.vmm_ns.at(row);
      sum.runqueue += reason.runqueue_ns.at(row);
      sum.blocked += reason.blocked_ns.at(row);
    }
  }

  /** Time is booked when a state ends; a guest that never exits and a vCPU that sleeps would otherwise seem dead. */
  #addOpenInterval(totals: Totals, row: number, now: number): void {
    const since = this.#vcpus.u64(row, 'since_ns');
    const open = now - since;
    const state = this.#vcpus.u32(row, 'state');
    if (open < OPEN_INTERVAL_NS || since < this.resumedNs()) return;
    if (state === vcpu_state.STATE_GUEST) totals.guest += open;
    if (state !== vcpu_state.STATE_KERNEL) return;
    const reason = this.#vcpus.u32(row, 'reason');
    if (reason >= this.#freeReasons.capacity) return;
    const space = this.#reasons.u32(reason, 'space');
    const code = this.#reasons.u32(reason, 'code');
    if (reasonOf(space, code).class === 'halt') totals.reason(space, code).blocked += open;
  }

  #giveBack(row: number): void {
    const reasons = this.#reasonsOf(row);
    for (const reason of reasons) this.#freeReasons.give(reason);
    this.#pool.giveBack(row);
  }
}
