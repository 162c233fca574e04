import { counter, type Sink } from '../../exposition/metric.js';
import { drop_reason_row, type Table } from '../../kernel/index.js';
import type { RunningCollector } from '../module.js';

const dropReasons = counter(
  'trapline_drop_reasons_total',
  'Packets the kernel dropped anywhere on this machine, in every network namespace, by the reason it gave (enum skb_drop_reason of the running kernel; OTHER is a reason of a subsystem such as wireless). Copies for sniffers of packets to other hosts (OTHERHOST) are left out. This explains drops that other metrics count, and many that are no loss: it is no stage of the path. Source: tracepoint kfree_skb, since Linux 5.17.',
  ['reason'],
);

export const dropReasonsDescription = {
  name: 'drop_reasons',
  help: 'Why the kernel drops packets, by eBPF on kfree_skb; off by default, since it runs for every dropped packet',
  metrics: [dropReasons],
};

/** Writes the reasons that have occurred. */
export class DropReasonsCollector implements RunningCollector {
  readonly name = dropReasonsDescription.name;
  readonly help = dropReasonsDescription.help;
  readonly metrics = dropReasonsDescription.metrics;

  /** `rows` are those of all CPUs; `names` are the kernel's own by number. */
  constructor(
    private readonly rows: Pick<Table<typeof drop_reason_row>, 'u64'>,
    private readonly cpus: number,
    private readonly names: ReadonlyMap<number, string>,
  ) {}

  collect(sink: Sink): void {
    for (let reason = 0; reason < drop_reason_row.rows; reason++) {
      let packets = 0;
      for (let cpu = 0; cpu < this.cpus; cpu++)
        packets += this.rows.u64(cpu * drop_reason_row.rows + reason, 'packets');
      if (packets > 0) sink.sample(dropReasons, [this.#nameOf(reason)], packets);
    }
  }

  #nameOf(reason: number): string {
    if (reason === 0) return 'OTHER';
    return (this.names.get(reason) ?? String(reason)).replace(/^SKB_(DROP_REASON_)?/, '');
  }
}
