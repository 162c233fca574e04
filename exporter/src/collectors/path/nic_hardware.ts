import type { Sink } from '../../exposition/metric.js';
import { readText, type Device, type Ethtool } from '../../machine/index.js';
import { hardwareCounters, type HardwareCounter } from './hardware_counters.js';
import { isNic } from './interfaces.js';
import * as metrics from './metrics.js';
import type { Stage } from './stage.js';

/** Some drivers ask their firmware for each answer: a scrape must not hang on hundreds of NICs. */
const MAX_NICS = 32;

/** What NICs count by themselves, before any driver has seen a packet. */
export class NicHardware implements Stage {
  /** By the list of names they stand for, which stays the same object. */
  readonly #counters = new WeakMap<readonly string[], HardwareCounter[]>();

  /** `sys` is where sysfs is mounted. */
  constructor(
    private readonly ethtool: Pick<Ethtool, 'read' | 'keep'>,
    private readonly sys = '/sys',
  ) {}

  collect(sink: Sink, devices: readonly Device[]): void {
    const nics = devices.filter(isNic).slice(0, MAX_NICS);
    this.ethtool.keep(new Set(nics.map(({ name }) => name)));
    for (const nic of nics) if (!this.#fromDriver(sink, nic.name)) this.#fromStandard(sink, nic);
  }

  /** Returns whether the driver's counters are known. */
  #fromDriver(sink: Sink, device: string): boolean {
    const said = this.ethtool.read(device);
    if (!said) return false;
    const counters = this.#counters.get(said.names) ?? hardwareCounters(said.driver, said.names);
    this.#counters.set(said.names, counters);
    for (const { quantity, direction, positions } of counters) {
      const sum = positions.reduce((total, i) => total + said.values[i]!, 0);
      sink.sample(metrics[quantity], ['nic_hardware', device, '', direction], sum);
    }
    return counters.length > 0;
  }

  /** A virtio NIC has no hardware that could miss anything: its host has. */
  #fromStandard(sink: Sink, { name, kind }: Device): void {
    const missed = readText(`${this.sys}/class/net/${name}/statistics/rx_missed_errors`);
    if (kind === 'nic' && missed !== undefined)
      sink.sample(metrics.drops, ['nic_hardware', name, '', 'receive'], Number(missed));
  }
}
