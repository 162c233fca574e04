import { eventsLost, programAttached, type Collector, type Sink } from '../exposition/index.js';
import type { ProgramState } from '../kernel/index.js';

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

  /** `lost` is by collector and cause. */
  constructor(
    private readonly states: () => readonly ProgramState[],
    private readonly lost: () => Record<string, Record<string, number>>,
  ) {}

  collect(sink: Sink): void {
    for (const { signal, program, hook, attached, reason } of this.states())
      sink.sample(programAttached, [signal, program, hook, reason], attached ? 1 : 0);
    for (const [collector, causes] of Object.entries(this.lost()))
      for (const [cause, events] of Object.entries(causes))
        sink.sample(eventsLost, [collector, cause], events);
  }
}
