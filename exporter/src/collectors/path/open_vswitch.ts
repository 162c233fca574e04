import { existsSync } from 'node:fs';
import type { Sink } from '../../exposition/metric.js';
import {
  findFamilies,
  Netlink,
  NetlinkError,
  readDatapaths,
  readPorts,
  Totals,
  type Datapath,
  type DatapathPort,
  type Families,
} from '../../machine/index.js';
import { ovsDrops, ovsPackets, ovsPortDrops } from './metrics.js';
import type { Stage } from './stage.js';

/** Asks the kernel's part of Open vSwitch, where there is one. */
export interface Switches {
  datapaths(): readonly Datapath[];
  ports(datapath: number): readonly DatapathPort[];
}

/** Open vSwitch in the kernel: packets that its process did not take in time, which no device counts. */
export class OpenVswitch implements Stage {
  readonly #totals = new Totals();

  constructor(private readonly switches: Switches = new KernelSwitches()) {}

  collect(sink: Sink): void {
    for (const { index, name, hit, missed, lost } of this.switches.datapaths()) {
      const total = (what: string, value: number): number => this.#totals.next(`${name} ${what}`, value);
      sink.sample(ovsPackets, [name, 'hit'], total('hit', hit));
      sink.sample(ovsPackets, [name, 'missed'], total('missed', missed));
      sink.sample(ovsDrops, [name], total('lost', lost));
      // Ports, of which there may be thousands, are asked for only where something was lost.
      if (lost === 0) continue;
      for (const port of this.switches.ports(index))
        if (port.lost) sink.sample(ovsPortDrops, [name, port.name], port.lost);
    }
  }
}

/** By generic netlink. None where the module is not loaded, or goes just now. */
class KernelSwitches implements Switches {
  readonly #netlink = new Netlink('generic');
  #families: Families | undefined;

  datapaths(): Datapath[] {
    // Asking for it would load it.
    if (!existsSync('/sys/module/openvswitch')) return [];
    return this.#try((families) => readDatapaths(this.#netlink, families));
  }

  ports(datapath: number): DatapathPort[] {
    return this.#try((families) => readPorts(this.#netlink, families, datapath));
  }

  #try<T>(read: (families: Families) => T[]): T[] {
    try {
      this.#families ??= findFamilies(this.#netlink);
      return read(this.#families);
    } catch (error) {
      if (!(error instanceof NetlinkError)) throw error;
      // Loaded again, it has other numbers.
      this.#families = undefined;
      return [];
    }
  }
}
