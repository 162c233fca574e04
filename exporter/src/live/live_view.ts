import { Breath } from '../breath.js';
import { hostname, release } from 'node:os';
import type { RunningCollector } from '../collectors/module.js';
import { vmExitDescription } from '../collectors/vm_exit/collector.js';
import type { Verdict } from '../collectors/verdicts.js';
import type { MetricDefinition, Sink } from '../exposition/metric.js';
import { Draft } from './draft.js';
import { folds } from './folds.js';
import type { LiveMachine, LiveMissing, LiveSample } from './protocol.js';

/** The longest reason or error that is passed on: a verifier can say a lot. */
const LONGEST = 300;

/** Where a view finds what it shows. */
export interface LiveSources {
  collectors: readonly RunningCollector[];
  /** Names of the VMs that live. */
  vms: () => readonly string[];
  programs: () => readonly Verdict[];
  role: () => LiveMachine['role'];
  version: string;
}

/** What one look at everything gives. */
export interface Taken {
  sample: LiveSample;
  machine: LiveMachine;
}

/** One look in the making. */
export class Look {
  readonly #draft: Draft;
  readonly #sink: Sink;
  readonly #failing: LiveMachine['failing'] = [];
  #t = Date.now();

  /** `vms` are the names of those that live. */
  constructor(
    vms: readonly string[],
    private readonly machine: () => Omit<LiveMachine, 'unseen' | 'hops' | 'failing'>,
  ) {
    this.#draft = new Draft(vms);
    this.#sink = new FoldingSink(this.#draft);
  }

  /** What a collector, which is asked now, is to write into. */
  hear(collector: string): Sink {
    // The times of a vCPU add up to what passes between two samples: they are what must not be read at another moment.
    if (collector === vmExitDescription.name) this.#t = Date.now();
    return this.#sink;
  }

  failed(collector: string, error: unknown): void {
    this.#failing.push({ collector, error: String(error).slice(0, LONGEST) });
  }

  taken(): Taken {
    const { sample, unseen, hops } = this.#draft.finish(this.#t, ownUse());
    return { sample, machine: { ...this.machine(), unseen, hops, failing: this.#failing } };
  }
}

/** What the page is told: the numbers of /metrics, from the same collectors, folded to what the page shows. */
export class LiveView {
  constructor(private readonly sources: LiveSources) {}

  take(): Promise<Taken> {
    return new Breath().through(this.pieces());
  }

  /** Asks every collector once. One that fails is named, and only its part is missing. */
  *pieces(): Generator<void, Taken> {
    const look = this.look();
    for (const collector of this.sources.collectors) {
      try {
        yield* collector.collect(look.hear(collector.name)) ?? [];
      } catch (error) {
        look.failed(collector.name, error);
      }
    }
    return look.taken();
  }

  /** A look at what somebody else asks the collectors for. */
  look(): Look {
    return new Look(this.sources.vms(), () => this.#machine());
  }

  #machine(): Omit<LiveMachine, 'unseen' | 'hops' | 'failing'> {
    const { collectors, programs, role, version } = this.sources;
    const all = programs();
    const lost = collectors.flatMap((collector) =>
      Object.entries(collector.lost?.() ?? {})
        .filter(([, events]) => events > 0)
        .map(([cause, events]) => ({ collector: collector.name, cause, events })),
    );
    const attached = all.filter(({ verdict }) => verdict === 'ok').length;
    return {
      host: hostname(),
      role: role(),
      version,
      kernel: release(),
      attached,
      missing: missingOf(all),
      lost,
    };
  }
}

function missingOf(all: readonly Verdict[]): LiveMissing[] {
  const missing = new Map<string, LiveMissing>();
  for (const { collector, sees, program, verdict, reason, absent, remedy } of all) {
    if (verdict === 'ok') continue;
    const key = `${collector} ${reason}`;
    const known = missing.get(key);
    if (known) {
      known.programs.push(program);
      known.absent = [...new Set([...known.absent, ...absent])];
    } else {
      const short = reason.slice(0, LONGEST);
      missing.set(key, { collector, sees, programs: [program], verdict, reason: short, absent, remedy });
    }
  }
  return [...missing.values()];
}

/** Takes what collectors write, as a scrape does, and keeps none of it. */
class FoldingSink implements Sink {
  #names: readonly string[] = [];
  #values: readonly string[] = [];
  /** One for all series: a scrape has thousands. */
  readonly #label = (name: string): string => this.#values[this.#names.indexOf(name)]!;

  constructor(private readonly draft: Draft) {}

  sample({ name, labels }: MetricDefinition, labelValues: readonly string[], value: number): void {
    this.#names = labels;
    this.#values = labelValues;
    folds[name]?.(this.draft, value, this.#label);
  }

  histogram(metric: MetricDefinition, [vector]: readonly string[], counts: readonly number[]): void {
    if (metric.name === 'trapline_softirq_latency_seconds') this.draft.softirq(vector!).waits = [...counts];
  }
}

function ownUse(): LiveSample['own'] {
  const { user, system } = process.cpuUsage();
  return { cpu: (user + system) / 1e6, bytes: process.memoryUsage.rss() };
}
