import type { Sink } from '../../exposition/metric.js';
import { parseSoftnet, readText } from '../../machine/index.js';
import { drops, packets, softnetDrops, squeezed } from './metrics.js';
import type { Stage } from './stage.js';

/** What a CPU has counted since boot, without the end at 2^32. */
interface Sums {
  processed: number;
  dropped: number;
  squeezed: number;
}

/** The kernel's receive path between drivers and protocols, summed over CPUs. */
export class Softnet implements Stage {
  readonly #stage: string;
  /** By CPU; one that was taken offline keeps what it had. */
  readonly #cpus = new Map<number, Sums>();

  /** `guest`: whether this machine is a guest and runs none; `proc` is where procfs is mounted. */
  constructor(
    guest: boolean,
    private readonly proc = '/proc',
  ) {
    this.#stage = guest ? 'guest_softnet' : 'softnet';
  }

  /** What the backlogs of all CPUs have lost. */
  dropped(): number {
    this.#read();
    return this.#sum('dropped');
  }

  collect(sink: Sink): void {
    this.#read();
    if (this.#cpus.size === 0) return;
    const labels = [this.#stage, '', '', 'receive'];
    sink.sample(packets, labels, this.#sum('processed'));
    sink.sample(drops, labels, this.#sum('dropped'));
    sink.sample(squeezed, [], this.#sum('squeezed'));
    for (const [cpu, { dropped }] of this.#cpus)
      if (dropped > 0) sink.sample(softnetDrops, [String(cpu)], dropped);
  }

  /** Counters of 32 bits come round after minutes at full rate: a scrape at least that often keeps them whole. */
  #read(): void {
    for (const now of parseSoftnet(readText(`${this.proc}/net/softnet_stat`) ?? '')) {
      const before = this.#cpus.get(now.cpu) ?? { processed: 0, dropped: 0, squeezed: 0 };
      this.#cpus.set(now.cpu, {
        processed: onward(before.processed, now.processed),
        dropped: onward(before.dropped, now.dropped),
        squeezed: onward(before.squeezed, now.squeezed),
      });
    }
  }

  #sum(field: keyof Sums): number {
    return [...this.#cpus.values()].reduce((total, sums) => total + sums[field], 0);
  }
}

/** The next value of a sum whose lowest 32 bits are now these. */
const onward = (sum: number, now: number): number => sum + ((now - sum) >>> 0);
