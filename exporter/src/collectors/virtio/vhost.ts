import { readSchedstat, type SchedStat, type VhostWorker } from '../../machine/index.js';
import type { ProcessKey, Sums } from '../fleet.js';

/** Time of a VM's vhost workers in nanoseconds. */
export class VhostTime implements Sums<VhostTime> {
  running = 0;
  runqueue = 0;

  add({ running, runqueue }: SchedStat): void {
    this.running += running;
    this.runqueue += runqueue;
  }
}

/** A worker and what it had been given when it was last read. */
interface Known {
  tid: number;
  time: SchedStat;
}

/** Adds up the vhost workers of VMs. A worker that has ended counts as it was last read. */
export class VhostLedger {
  readonly #vms = new Map<ProcessKey, { ended: VhostTime; workers: Map<string, Known> }>();

  constructor(
    private readonly workersOf: (vms: Iterable<ProcessKey>) => Map<ProcessKey, VhostWorker[]>,
    private readonly timeOf: (tid: number) => SchedStat | undefined = readSchedstat,
  ) {}

  /** The sums of every VM that has had a worker. */
  read(): Map<ProcessKey, VhostTime> {
    return new Map([...this.#vms].map(([key, vm]) => [key, this.#sum(vm)]));
  }

  /** Looks for workers that came or went. Returns the last sums of VMs that are not among `vms`; they are then forgotten. */
  refresh(vms: ReadonlySet<ProcessKey>): Map<ProcessKey, VhostTime> {
    const found = this.workersOf(vms);
    for (const [key, workers] of found) this.#meet(key, workers);
    for (const [key, vm] of this.#vms) {
      this.#sum(vm);
      const living = new Set((found.get(key) ?? []).map(identityOf));
      for (const [identity, { time }] of vm.workers) {
        if (living.has(identity)) continue;
        vm.ended.add(time);
        vm.workers.delete(identity);
      }
    }
    const ended = [...this.#vms].filter(([key]) => !vms.has(key));
    for (const [key] of ended) this.#vms.delete(key);
    return new Map(ended.map(([key, vm]) => [key, vm.ended]));
  }

  #meet(key: ProcessKey, workers: readonly VhostWorker[]): void {
    const vm = this.#vms.get(key) ?? { ended: new VhostTime(), workers: new Map<string, Known>() };
    this.#vms.set(key, vm);
    for (const worker of workers) {
      const identity = identityOf(worker);
      if (!vm.workers.has(identity)) vm.workers.set(identity, { tid: worker.tid, time: new VhostTime() });
    }
  }

  #sum({ ended, workers }: { ended: VhostTime; workers: Map<string, Known> }): VhostTime {
    const sum = new VhostTime();
    sum.add(ended);
    for (const worker of workers.values()) {
      const now = this.timeOf(worker.tid);
      // Less than before is another thread that has got the same id.
      if (now && now.running >= worker.time.running) worker.time = now;
      sum.add(worker.time);
    }
    return sum;
  }
}

const identityOf = ({ tid, startTicks }: VhostWorker): string => `${tid}:${startTicks}`;
