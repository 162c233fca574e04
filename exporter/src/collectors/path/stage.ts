import type { Sink } from '../../exposition/metric.js';
import type { Device } from '../../machine/index.js';
import type { VmTap } from '../../watch.js';

/** One or more stages of a packet's way that are read from one source. */
export interface Stage {
  /** Writes the present values; `devices` are those of this network namespace, `taps` those of VMs in any. */
  collect(sink: Sink, devices: readonly Device[], taps: readonly VmTap[]): void;
}
