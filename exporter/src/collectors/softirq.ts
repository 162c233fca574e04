import { counter, histogram, type Sink } from '../exposition/metric.js';
import { onEveryCpu, possibleCpus, softirq_row, Table, type Signal } from '../kernel/index.js';
import { DURATION_BOUNDS } from './durations.js';
import type { Module, RunningCollector } from './module.js';

const seconds = counter(
  'trapline_softirq_seconds_total',
  'Time the softirqs of the network ran (net_rx: receiving; net_tx: sending what waited, and freeing what was sent), with the interrupts that came meanwhile. Polls of threaded and busy-polling devices happen outside. Source: tracepoints softirq_entry and softirq_exit.',
  ['vector'],
);
const latency = histogram(
  'trapline_softirq_latency_seconds',
  'Time from asking for a softirq of the network to its run; its count is the number of runs, as in /proc/softirqs; on a saturated processor we have seen up to 0.6 % fewer. Source: tracepoints softirq_raise and softirq_entry.',
  ['vector'],
  DURATION_BOUNDS,
);

const description = {
  name: 'softirq',
  help: 'Time of the softirqs of the network and how long they wait, by eBPF on the irq tracepoints',
  metrics: [seconds, latency],
};

/** bpf/softirq.bpf.c */
const signal: Signal = {
  name: description.name,
  tables: { softirq_rows: 'read' },
  perCpu: ['softirq_rows'],
  programs: ['softirq_raise', 'softirq_entry', 'softirq_exit'].map((name) => ({
    name,
    hook: `tp_btf/${name}`,
    functions: [name],
    modules: [],
  })),
  needs: [
    { metrics: [seconds.name], programs: ['softirq_entry', 'softirq_exit'] },
    { metrics: [latency.name], programs: ['softirq_raise', 'softirq_entry'] },
  ],
};

/** In the order of their rows. */
const VECTORS = ['net_tx', 'net_rx'];

/** Adds up the rows of all CPUs. */
class SoftirqCollector implements RunningCollector {
  readonly name = description.name;
  readonly help = description.help;
  readonly metrics = description.metrics;
  readonly #rows: Table<typeof softirq_row>;
  readonly #end = possibleCpus() * VECTORS.length;

  constructor(table: number) {
    this.#rows = new Table(table, onEveryCpu(softirq_row));
  }

  collect(sink: Sink): void {
    for (const [place, vector] of VECTORS.entries()) {
      sink.sample(seconds, [vector], this.#sum(place, 'ns') / 1e9);
      const counts = [...DURATION_BOUNDS, Infinity].map((_, bucket) => this.#sum(place, 'latencies', bucket));
      sink.histogram(latency, [vector], counts, this.#sum(place, 'latency_ns') / 1e9);
    }
  }

  #sum(place: number, field: 'ns' | 'latency_ns' | 'latencies', element = 0): number {
    let sum = 0;
    for (let row = place; row < this.#end; row += VECTORS.length) sum += this.#rows.u64(row, field, element);
    return sum;
  }
}

export const softirqModule: Module = {
  description,
  signals: [signal],
  create({ handles }) {
    const table = handles(signal.name)?.tables['softirq_rows'];
    return table === undefined ? undefined : new SoftirqCollector(table);
  },
};
