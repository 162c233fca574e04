import type { Sink } from '../../exposition/metric.js';
import { parseSoftnet, readText, Totals, U32 } from '../../machine/index.js';
import { drops, packets, softnetDrops, squeezed } from './metrics.js';
import type { Stage } from './stage.js';

/** The kernel's receive path between drivers and protocols, summed over CPUs. */
export class Softnet implements Stage {
  readonly #stage: string;
  /** By CPU. One that was taken offline keeps what it had. */
  readonly #processed = new Totals();
  readonly #dropped = new Totals();
  readonly #squeezed = new Totals();
  #seen = false;

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
    return this.#dropped.sum();
  }

  collect(sink: Sink): void {
    this.#read();
    if (!this.#seen) return;
    const labels = [this.#stage, '', '', 'receive'];
    sink.sample(packets, labels, this.#processed.sum());
    sink.sample(drops, labels, this.#dropped.sum());
    sink.sample(squeezed, [], this.#squeezed.sum());
    for (const [cpu, dropped] of this.#dropped)
      if (dropped > 0) sink.sample(softnetDrops, [String(cpu)], dropped);
  }

  /**
   * The counters are never reset, so that every fall is a wrap: after minutes at full rate, within which a scrape must come.
   * A CPU that was offline at the first reading starts at 0: what it had counted before is not new.
   */
  #read(): void {
    const now = parseSoftnet(readText(`${this.proc}/net/softnet_stat`) ?? '');
    const wraps = { range: U32, longest: U32, ...(this.#seen && { first: 0 }) };
    for (const { cpu, processed, dropped, squeezed } of now) {
      this.#processed.next(cpu, processed, wraps);
      this.#dropped.next(cpu, dropped, wraps);
      this.#squeezed.next(cpu, squeezed, wraps);
    }
    this.#seen ||= now.length > 0;
  }
}
