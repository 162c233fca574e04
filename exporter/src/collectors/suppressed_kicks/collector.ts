import { counter, type Sink } from '../../exposition/metric.js';
import { suppressed_kicks_row, type Table } from '../../kernel/index.js';
import type { NetworkQueue } from '../../machine/index.js';
import type { RunningCollector } from '../module.js';

const suppressed = counter(
  'trapline_virtqueue_kicks_suppressed_total',
  'Times the driver of a virtio network card of this machine, which then is a guest, had something for its host and did not notify it, since the host had asked not to be: it was at work on the queue. input.N receives, output.N transmits. With trapline_virtqueue_kicks_total, all times that the driver asked. Source: fexit on virtqueue_kick_prepare.',
  ['device', 'queue'],
);

export const suppressedKicksDescription = {
  name: 'suppressed_kicks',
  help: 'Kicks that a guest saved, by eBPF on virtqueue_kick_prepare; off by default, since it can run for every packet that is sent',
  metrics: [suppressed],
};

const { rows: QUEUES, fields } = suppressed_kicks_row;
const DEVICES = fields.of_device.length;

/** Writes what the drivers of virtio network cards did not say. */
export class SuppressedKicksCollector implements RunningCollector {
  readonly name = suppressedKicksDescription.name;
  readonly help = suppressedKicksDescription.help;
  readonly metrics = suppressedKicksDescription.metrics;

  constructor(
    private readonly rows: Pick<Table<typeof suppressed_kicks_row>, 'u64'>,
    private readonly queues: () => readonly NetworkQueue[],
  ) {}

  /** A queue that has no place in the table is left out: it is not known to be zero. */
  collect(sink: Sink): void {
    for (const { device, virtioIndex, queue, number } of this.queues())
      if (virtioIndex < DEVICES && number < QUEUES)
        sink.sample(suppressed, [device, queue], this.rows.u64(number, 'of_device', virtioIndex));
  }
}
