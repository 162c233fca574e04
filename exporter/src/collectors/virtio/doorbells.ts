import { FreeRing, RowPool, Table, virtio_lost_row, virtio_row, virtio_vm_ring } from '../../kernel/index.js';
import { processKey, type ProcessKey, type Sums } from '../fleet.js';

/** Kicks and injections of one VM, by the way they took. */
export class Doorbells implements Sums<Doorbells> {
  kicks = { ioeventfd: 0, vmm: 0 };
  injections = { fast: 0, deferred: 0, vmm: 0 };

  add({ kicks, injections }: Doorbells): void {
    this.kicks.ioeventfd += kicks.ioeventfd;
    this.kicks.vmm += kicks.vmm;
    this.injections.fast += injections.fast;
    this.injections.deferred += injections.deferred;
    this.injections.vmm += injections.vmm;
  }
}

/** The rows of bpf/virtio.bpf.c added up to processes. A row whose VM has ended is read a last time and given back. */
export class DoorbellLedger {
  readonly #rows: Table<typeof virtio_row>;
  readonly #lost: Table<typeof virtio_lost_row>;
  readonly #pool: RowPool;
  /** Sums of VMs that have ended, of processes that live. */
  readonly #folded = new Map<ProcessKey, Doorbells>();

  /** `map` gives the descriptor of a table of virtioSignal. */
  constructor(map: (name: string) => number) {
    this.#rows = new Table(map('virtio_rows'), virtio_row);
    this.#lost = new Table(map('virtio_lost'), virtio_lost_row);
    const free = new FreeRing(map('free_virtio_rows'), virtio_vm_ring);
    this.#pool = new RowPool(free, (row) => this.#rows.u32(row, 'generation'));
  }

  /** The sums of every process that was not ended. */
  read(): Map<ProcessKey, Doorbells> {
    const processes = new Map<ProcessKey, Doorbells>();
    for (const [key, folded] of this.#folded) sumOf(processes, key).add(folded);
    for (const row of this.#pool.inUse()) sumOf(processes, this.#processOf(row)).add(this.#read(row));
    return processes;
  }

  /** Takes back the rows of ended VMs. Returns the last sums of processes that have ended; they are then forgotten. */
  recycle(lives: (key: ProcessKey) => boolean): Map<ProcessKey, Doorbells> {
    const open = new Set<ProcessKey>();
    for (const row of this.#pool.inUse()) {
      const key = this.#processOf(row);
      if (this.#rows.u32(row, 'ended') === 0) {
        open.add(key);
        continue;
      }
      sumOf(this.#folded, key).add(this.#read(row));
      this.#pool.giveBack(row);
    }
    const ended = new Map([...this.#folded].filter(([key]) => !open.has(key) && !lives(key)));
    for (const key of ended.keys()) this.#folded.delete(key);
    return ended;
  }

  /** Events that could not be counted, by cause. */
  lost(): Record<keyof typeof virtio_lost_row.fields, number> {
    return {
      vm_table_full: this.#lost.u64(0, 'vm_table_full'),
      owner_unknown: this.#lost.u64(0, 'owner_unknown'),
    };
  }

  #processOf(row: number): ProcessKey {
    return processKey(this.#rows.u32(row, 'tgid'), this.#rows.u64(row, 'tgid_start_ns'));
  }

  #read(row: number): Doorbells {
    const sums = new Doorbells();
    sums.kicks.ioeventfd = this.#rows.u64(row, 'kicks_ioeventfd');
    sums.kicks.vmm = this.#rows.u64(row, 'kicks_vmm');
    sums.injections.fast = this.#rows.u64(row, 'injections_fast');
    sums.injections.deferred = this.#rows.u64(row, 'injections_deferred');
    sums.injections.vmm = this.#rows.u64(row, 'injections_vmm');
    return sums;
  }
}

function sumOf(sums: Map<ProcessKey, Doorbells>, key: ProcessKey): Doorbells {
  const sum = sums.get(key) ?? new Doorbells();
  sums.set(key, sum);
  return sum;
}
