import { vcpu_row } from '../../kernel/index.js';

/** More than there are spaces. */
const SPACES = 256;
const DURATION_BUCKETS = vcpu_row.fields.durations.length;

/** What one reason cost; times in nanoseconds. `space` and `code` name the reason: see reasons.ts. */
export interface ReasonTotals {
  space: number;
  code: number;
  count: number;
  kernel: number;
  vmm: number;
  runqueue: number;
  blocked: number;
}

/** The sums of one VM over its vCPU threads, the dead ones included; times in nanoseconds. */
export class Totals {
  readonly reasons = new Map<number, ReasonTotals>();
  guest = 0;
  emulatedInstructions = 0;
  busLock = 0;
  enclave = 0;
  failedEntry = 0;
  duration = 0;
  readonly durations: number[] = new Array<number>(DURATION_BUCKETS).fill(0);

  /** What a reason has cost, to be added to. */
  reason(space: number, code: number): ReasonTotals {
    // Small for all codes that occur: V8 compares small integers, and makes an object of every other number.
    const key = code * SPACES + space;
    const known = this.reasons.get(key);
    if (known) return known;
    const none = { space, code, count: 0, kernel: 0, vmm: 0, runqueue: 0, blocked: 0 };
    this.reasons.set(key, none);
    return none;
  }

  add(other: Totals): void {
    for (const each of other.reasons.values()) {
      const sum = this.reason(each.space, each.code);
      sum.count += each.count;
      sum.kernel += each.kernel;
      sum.vmm += each.vmm;
      sum.runqueue += each.runqueue;
      sum.blocked += each.blocked;
    }
    this.guest += other.guest;
    this.emulatedInstructions += other.emulatedInstructions;
    this.busLock += other.busLock;
    this.enclave += other.enclave;
    this.failedEntry += other.failedEntry;
    this.duration += other.duration;
    for (let i = 0; i < DURATION_BUCKETS; i++) this.durations[i]! += other.durations[i]!;
  }
}
