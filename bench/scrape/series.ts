/** The same series for whoever writes them: what 1, 10, 100, 1000 VMs of eight busy vCPUs say of their exits. */
import { DURATION_BOUNDS } from '../../exporter/src/collectors/durations.js';
import { counter, histogram, type MetricDefinition } from '../../exporter/src/exposition/metric.js';

export const exits = counter('trapline_vm_exits_total', 'VM exits by reason.', ['vm', 'class', 'reason']);
export const exitSeconds = counter(
  'trapline_vm_exit_seconds_total',
  'Time from a VM exit to the next entry.',
  ['vm', 'class', 'reason', 'state'],
);
export const exitDuration = histogram(
  'trapline_vm_exit_duration_seconds',
  'Duration of VM exits.',
  ['vm'],
  DURATION_BOUNDS,
);

const REASONS = 12;
const STATES = ['kernel', 'vmm', 'runqueue', 'blocked'];

/** Series of one VM, a histogram as one for each bucket, its sum and its count. */
export const SERIES_OF_A_VM = REASONS * (1 + STATES.length) + DURATION_BOUNDS.length + 3;

/** What is said of VMs. The histogram has counts by bucket. */
export interface Writer {
  sample(metric: MetricDefinition, labels: readonly string[], value: number): void;
  histogram(
    metric: MetricDefinition,
    labels: readonly string[],
    counts: readonly number[],
    sum: number,
  ): void;
}

/** Says it all, with numbers as long as those of a host that runs for days. */
export function say(vms: number, writer: Writer): void {
  let value = 1;
  const next = (): number => (value = (value * 16807) % 2147483647);
  for (let vm = 0; vm < vms; vm++) {
    const name = `appliance-${vm}`;
    for (let reason = 0; reason < REASONS; reason++) {
      const labels = [name, `class_${reason}`, `exit_reason_${reason}`];
      writer.sample(exits, labels, next());
      for (const state of STATES) writer.sample(exitSeconds, [...labels, state], (next() * 1237) / 1e9);
    }
    const counts = [...DURATION_BOUNDS, Infinity].map(() => next() % 10_000);
    writer.histogram(exitDuration, [name], counts, next() / 1e6);
  }
}
