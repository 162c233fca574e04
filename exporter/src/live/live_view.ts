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

/** What the page is told: the numbers of /metrics, from the same collectors, folded to what the page shows. */
export class LiveView {
  constructor(private readonly sources: LiveSources) {}

  take(): Promise<Taken> {
    return new Breath().through(this.pieces());
  }

  /** Asks every collector once. One that fails is named, and only its part is missing. */
  *pieces(): Generator<void, Taken> {
    const { collectors, vms } = this.sources;
    const draft = new Draft(vms());
    const sink = new FoldingSink(draft);
    const failing: LiveMachine['failing'] = [];
    let t = Date.now();
    for (const collector of collectors) {
      // The times of a vCPU add up to what passes between two samples: they are what must not be read at another moment.
      if (collector.name === vmExitDescription.name) t = Date.now();
      try {
        yield* collector.collect(sink) ?? [];
      } catch (error) {
        failing.push({ collector: collector.name, error: String(error).slice(0, LONGEST) });
      }
    }
    const { sample, unseen } = draft.finish(t, ownUse());
    return { sample, machine: { ...this.#machine(), unseen, failing } };
  }

  #machine(): Omit<LiveMachine, 'unseen' | 'failing'> {
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
  for (const { collector, sees, program, verdict, reason, remedy } of all) {
    if (verdict === 'ok') continue;
    const key = `${collector} ${reason}`;
    const known = missing.get(key);
    if (known) known.programs.push(program);
    else {
      const short = reason.slice(0, LONGEST);
      missing.set(key, { collector, sees, programs: [program], verdict, reason: short, remedy });
    }
  }
  return [...missing.values()];
}

/** Takes what collectors write, as a scrape does, and keeps none of it. */
class FoldingSink implements Sink {
  constructor(private readonly draft: Draft) {}

  sample(metric: MetricDefinition, labelValues: readonly string[], value: number): void {
    folds[metric.name]?.(this.draft, value, (name) => labelValues[metric.labels.indexOf(name)]!);
  }

  histogram(metric: MetricDefinition, [vector]: readonly string[], counts: readonly number[]): void {
    if (metric.name === 'trapline_softirq_latency_seconds') this.draft.softirq(vector!).waits = [...counts];
  }
}

function ownUse(): LiveSample['own'] {
  const { user, system } = process.cpuUsage();
  return { cpu: (user + system) / 1e6, bytes: process.memoryUsage.rss() };
}
