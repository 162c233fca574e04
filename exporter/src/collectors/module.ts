import type { Collector, CollectorDescription } from '../exposition/metric.js';
import type { Signal, SignalHandles } from '../kernel/index.js';
import type { NfQueue, Platform } from '../machine/index.js';
import type { Watch } from '../watch.js';

/** A signal's way from the kernel to a metric: all that the rest of the exporter needs to know of it. */
export interface Module {
  readonly description: CollectorDescription;
  /** What the loader attaches for it; empty for one that only reads files. */
  readonly signals: readonly Signal[];
  /** For one that makes sense only on a machine that runs VMs, or in one that is a VM. */
  readonly side?: 'host' | 'guest';
  /** For one whose cost is not small: it runs only when asked for. */
  readonly offByDefault?: true;
  /** Runs in the server, still as root. Undefined where the kernel refused the tables it lives on. */
  create(context: Context): RunningCollector | undefined;
}

/** What a collector can build on. */
export interface Context {
  platform: Platform;
  /** The VMs of this machine, and the beat at which they are looked for. */
  watch: Watch;
  /** The descriptors of a signal, by its name; undefined where the kernel refused its tables. */
  handles(signal: string): SignalHandles | undefined;
  /** When a signal's programs were last put back, in nanoseconds of CLOCK_MONOTONIC; 0 if they never were taken off. */
  resumedNs(signal: string): number;
  /** The queues of netfilter, which only root may read, as of at most a second ago. */
  queues(): readonly NfQueue[];
  /** Seconds an ended VM is still exported. */
  linger: number;
  /** Whether each capture socket has series of its own. */
  captureBySocket?: boolean;
}

/** A collector at work; what is optional is for those that can say it. */
export interface RunningCollector extends Collector {
  /** Events that its programs could not count, by cause, since they were attached. */
  lost?(): Record<string, number>;
}
