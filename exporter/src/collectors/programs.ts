import { counter, gauge, type Collector, type Sink } from '../exposition/metric.js';
import type { ProgramState } from '../kernel/index.js';
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

export const programsDescription = {
  name: 'programs',
  help: 'Which eBPF programs are attached, and what they could not count',
  metrics: [programAttached, eventsLost],
};

/** Tells what the kernel side can and cannot see; always on, since a gap must never look like a zero. */
export class ProgramsCollector implements Collector {
  readonly name = programsDescription.name;
  readonly help = programsDescription.help;
  readonly metrics = programsDescription.metrics;

  constructor(
    private readonly states: () => readonly ProgramState[],
    private readonly collectors: readonly RunningCollector[],
  ) {}

  collect(sink: Sink): void {
    for (const { signal, program, hook, attached, reason } of this.states())
      sink.sample(programAttached, [signal, program, hook, reason], attached ? 1 : 0);
    for (const collector of this.collectors)
      for (const [cause, events] of Object.entries(collector.lost?.() ?? {}))
        sink.sample(eventsLost, [collector.name, cause], events);
  }
}
