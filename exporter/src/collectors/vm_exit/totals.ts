import { vcpu_row } from '../../kernel/index.js';

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

  addReason(each: ReasonTotals): void {
    const key = each.space * 2 ** 32 + each.code;
    const sum = this.reasons.get(key);
    if (!sum) {
      this.reasons.set(key, { ...each });
      return;
    }
    sum.count += each.count;
    sum.kernel += each.kernel;
    sum.vmm += each.vmm;
    sum.runqueue += each.runqueue;
    sum.blocked += each.blocked;
  }

  add(other: Totals): void {
    for (const reason of other.reasons.values()) this.addReason(reason);
    this.guest += other.guest;
    this.emulatedInstructions += other.emulatedInstructions;
    this.busLock += other.busLock;
    this.enclave += other.enclave;
    this.failedEntry += other.failedEntry;
    this.duration += other.duration;
    for (let i = 0; i < DURATION_BUCKETS; i++) this.durations[i]! += other.durations[i]!;
  }
}
