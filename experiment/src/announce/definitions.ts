/** What a run says of itself to Prometheus while it goes on. The dashboard *Experiment* and docs/experiment.md follow these. */
const PREFIX = 'trapline_experiment_';

interface Definition {
  name: string;
  help: string;
  type: 'counter' | 'gauge';
  labels: readonly string[];
}

const gauge = (name: string, help: string, labels: readonly string[] = []): Definition => ({
  name: PREFIX + name,
  help,
  type: 'gauge',
  labels,
});

const counter = (name: string, help: string, labels: readonly string[] = []): Definition => ({
  name: PREFIX + name,
  help,
  type: 'counter',
  labels,
});

export const CELL = gauge(
  'cell_info',
  'The cell that is being measured: 1 while it is, from the loading of its sensor until it is stored.',
  ['cell', 'platform', 'method', 'monitor', 'flows', 'size'],
);
export const CELLS = gauge('cells', 'Cells of the plan: those measured, and those planned in all.', [
  'state',
]);
export const REMAINING = gauge(
  'remaining_seconds',
  'Seconds until the last cell is measured, as told when a cell began or ended.',
);
export const OFFERED = counter('offered_packets_total', 'Packets that the source has sent in this run.');
export const DELIVERED = counter(
  'delivered_packets_total',
  'Packets that the sensors say they got in this run.',
);
export const LOST = counter('lost_packets_total', 'Packets lost in this run by stage.', ['stage']);

/** All of them. */
export const EXPERIMENT_METRICS: readonly Definition[] = [CELL, CELLS, REMAINING, OFFERED, DELIVERED, LOST];
