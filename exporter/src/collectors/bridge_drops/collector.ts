import { counter, type Sink } from '../../exposition/metric.js';
import type { RunningCollector } from '../module.js';
import type { DropRow } from './rows.js';
import type { Tally } from './tally.js';

const drops = counter(
  'trapline_bridge_drops_total',
  'Packets that a bridge dropped instead of forwarding; frames that no port was to get are left out.',
  ['device'],
);
const reasons = counter(
  'trapline_bridge_drop_reasons_total',
  "The packets of trapline_bridge_drops_total by port and by the kernel's reason, or the function that dropped them.",
  ['device', 'port', 'reason'],
);

export const bridgeDropsDescription = {
  name: 'bridge_drops',
  help: 'What bridges drop, by port and reason, by eBPF on the tracepoint kfree_skb',
  metrics: [drops, reasons],
};

/** The kernel's table as the collector needs it. */
export interface Source {
  rows(): DropRow[];
  free(row: number): void;
  lost(): Record<string, number>;
}

/** Writes what each bridge dropped. */
export class BridgeDropsCollector implements RunningCollector {
  readonly name = bridgeDropsDescription.name;
  readonly help = bridgeDropsDescription.help;
  readonly metrics = bridgeDropsDescription.metrics;

  /** `look` tells the tally which bridges and ports there are. */
  constructor(
    private readonly source: Source,
    private readonly tally: Tally,
    private readonly look: () => void,
  ) {}

  collect(sink: Sink): void {
    const rows = this.source.rows();
    if (!this.tally.knows(rows)) this.look();
    for (const row of this.tally.add(rows)) this.source.free(row);
    for (const [bridge, packets] of this.tally.bridges) sink.sample(drops, [bridge], packets);
    for (const { bridge, port, reason, packets } of this.tally.causes)
      sink.sample(reasons, [bridge, port, reason], packets);
  }

  lost(): Record<string, number> {
    return this.source.lost();
  }
}
