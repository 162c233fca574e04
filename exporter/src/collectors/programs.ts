import { counter, gauge, type Collector, type Sink } from '../exposition/metric.js';
import type { Loaded } from '../loaded.js';
import type { RunningCollector } from './module.js';

const programAttached = gauge(
  'trapline_program_attached',
  'Whether a BPF program is attached to its hook (1) or not (0), then with the reason.',
  ['collector', 'program', 'hook', 'reason'],
);
const eventsLost = counter(
  'trapline_events_lost_total',
  'Events the kernel side met and could not count, by cause; everything but 0 means that other numbers are too low.',
  ['collector', 'cause'],
);
const runSeconds = counter(
  'trapline_program_run_seconds_total',
  'Time a BPF program ran, on all CPUs. An estimate: the kernel measures one second of every thirty (of every ten with --cost-budget), which stands for the time since the one before. Iterators run at a scrape, in the time of the process. Source: bpf_prog_info, run_time_ns.',
  ['collector', 'program'],
);
const runs = counter(
  'trapline_program_runs_total',
  'Runs of a BPF program, estimated like trapline_program_run_seconds_total.',
  ['collector', 'program'],
);
const costRatio = gauge(
  'trapline_program_cost_ratio',
  'Share of the time of all CPUs that all BPF programs together took when they were last measured, 0 to 1.',
);
const costBudget = gauge(
  'trapline_cost_budget_ratio',
  'The most that trapline_program_cost_ratio may be before the dearest collectors are switched off (--cost-budget); absent without a budget.',
);

export const programsDescription = {
  name: 'programs',
  help: 'Which eBPF programs are attached, what they cost, and what they could not count',
  metrics: [programAttached, eventsLost, runSeconds, runs, costRatio, costBudget],
};

/** Tells what the kernel side can and cannot see; always on, since a gap must never look like a zero. */
export class ProgramsCollector implements Collector {
  readonly name = programsDescription.name;
  readonly help = programsDescription.help;
  readonly metrics = programsDescription.metrics;

  constructor(
    private readonly loaded: Pick<Loaded, 'states' | 'cost'>,
    private readonly budget: number | undefined,
    private readonly collectors: readonly RunningCollector[],
  ) {}

  collect(sink: Sink): void {
    for (const { signal, program, hook, attached, reason } of this.loaded.states ?? [])
      sink.sample(programAttached, [signal, program, hook, reason], attached ? 1 : 0);
    for (const collector of this.collectors)
      for (const [cause, events] of Object.entries(collector.lost?.() ?? {}))
        sink.sample(eventsLost, [collector.name, cause], events);
    this.#collectCost(sink);
  }

  #collectCost(sink: Sink): void {
    if (this.budget !== undefined) sink.sample(costBudget, [], this.budget);
    if (!this.loaded.cost) return;
    for (const { signal, program, seconds, runs: count } of this.loaded.cost.programs) {
      sink.sample(runSeconds, [signal, program], seconds);
      sink.sample(runs, [signal, program], count);
    }
    sink.sample(costRatio, [], this.loaded.cost.ratio);
  }
}
