import { growth, U32, type Filters, type Qdisc } from '../../machine/index.js';
import { grownSince } from './qdisc_drops.js';

/** Packets that the filters of a device dropped, as the device counts directions. */
export interface Dropped {
  receive: number;
  transmit: number;
}

/** As of the last look; `actions` is what those of each direction had dropped. */
interface Counted extends Dropped {
  qdisc: Qdisc;
  actions: Dropped;
}

/** Reads the filters of a device in one direction. */
export type ReadFilters = (device: number, direction: keyof Dropped) => Filters;

/**
 * What tc filters dropped (`action drop`, policers, BPF programs). The qdisc they hang on counts all of it (tc_run):
 * `ingress` what comes in, `clsact` both directions in one number, which is told apart by what the actions count.
 */
export class FilterDrops {
  #devices: ReadonlyMap<number, Counted> = new Map();

  constructor(private readonly read: ReadFilters) {}

  /** By the index of the device, those that have such a qdisc; what earlier ones counted is kept for as long as `indexes` has it. */
  follow(qdiscs: readonly Qdisc[], indexes: ReadonlySet<number>): Map<number, Dropped> {
    const devices = new Map([...this.#devices].filter(([index]) => indexes.has(index)));
    const dropped = new Map<number, Dropped>();
    for (const qdisc of qdiscs) {
      if (qdisc.kind !== 'ingress' && qdisc.kind !== 'clsact') continue;
      const counted = this.#advance(devices.get(qdisc.device), qdisc);
      devices.set(qdisc.device, counted);
      dropped.set(qdisc.device, counted);
    }
    this.#devices = devices;
    return dropped;
  }

  /** Filters are read only when something was dropped: there may be thousands. */
  #advance(before: Counted | undefined, qdisc: Qdisc): Counted {
    const { receive, transmit, actions } = before ?? nothing;
    const grown = grownSince(before?.qdisc, qdisc);
    if (grown === 0) return { qdisc, receive, transmit, actions };
    if (qdisc.kind === 'ingress') return { qdisc, receive: receive + grown, transmit, actions };
    const inwards = this.read(qdisc.device, 'receive');
    const outwards = this.read(qdisc.device, 'transmit');
    const share = shareOut(grown, inwards, outwards, actions);
    return {
      qdisc,
      receive: receive + grown - share,
      transmit: transmit + share,
      actions: { receive: inwards.drops, transmit: outwards.drops },
    };
  }
}

const nothing = { receive: 0, transmit: 0, actions: { receive: 0, transmit: 0 } };

/** What of the drops of both directions was on the way out: what programs dropped, which count nothing, is the rest. */
function shareOut(grown: number, inwards: Filters, outwards: Filters, before: Dropped): number {
  if (inwards.count === 0 || outwards.count === 0) return inwards.count === 0 ? grown : 0;
  const counted = Math.min(grown, growth(before.transmit, outwards.drops, U32));
  const rest = Math.max(0, grown - counted - growth(before.receive, inwards.drops, U32));
  return outwards.programs && !inwards.programs ? counted + rest : counted;
}
