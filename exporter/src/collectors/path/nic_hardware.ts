import { existsSync } from 'node:fs';
import type { Sink } from '../../exposition/metric.js';
import { readText, Totals, type Device, type DriverCounters, type Ethtool } from '../../machine/index.js';
import {
  hardwareCounters,
  STANDARD_LOSS,
  type Counter,
  type HardwareCounters,
  type HardwareSum,
} from './hardware_counters.js';
import { isNic } from './interfaces.js';
import * as metrics from './metrics.js';
import type { StandardField } from './nic_drivers.js';
import type { Stage } from './stage.js';

/** Some drivers ask their firmware for each answer: so long, in ms, a scrape asks one after the other. */
const TIME_TO_ASK = 250;

/** A NIC, as of the last time its driver answered. */
interface Nic {
  virtual: boolean;
  /** In ms, when the driver was asked; -Infinity before the first time. */
  askedAt: number;
  /** In ms, of what is known of the driver. */
  knownAt: number;
  answer?: DriverCounters;
  counters: HardwareCounters;
  /** By quantity and direction. */
  numbers: Map<string, { added: Totals; subtracted: Totals; exported: number }>;
  /** Of standard counters under a driver that is unknown. */
  standard: Totals;
}

/**
 * What NICs count before the kernel has a packet: the hardware, and the driver where it has no memory. All standard counters
 * are read at every scrape; drivers are asked in turn while there is time, and what they said last stays until then.
 */
export class NicHardware implements Stage {
  #nics: ReadonlyMap<string, Nic> = new Map();

  /** `stageOfVirtio` is where virtio NICs lose packets; `sys` is where sysfs is mounted; `now` is in ms. */
  constructor(
    private readonly ethtool: Pick<Ethtool, 'read' | 'keep'>,
    private readonly sys = '/sys',
    private readonly stageOfVirtio = 'nic_driver',
    private readonly now = () => performance.now(),
  ) {}

  collect(sink: Sink, devices: readonly Device[]): void {
    const present = devices.filter(isNic);
    this.#nics = new Map(present.map(({ name }) => [name, this.#nics.get(name) ?? this.#found(name)]));
    this.ethtool.keep(new Set(this.#nics.keys()));
    const start = this.now();
    this.#ask(start + TIME_TO_ASK);
    const indexes = new Set(present.map(({ index }) => index));
    for (const device of present) {
      const nic = this.#nics.get(device.name)!;
      sink.sample(metrics.nicHardwareAge, [device.name], Math.max(0, start - nic.knownAt) / 1000);
      if (nic.knownAt > -Infinity) this.#write(sink, device, nic);
      if (indexes.has(device.master ?? 0) && !countsPackets(nic)) this.#writePassed(sink, device, nic);
    }
  }

  #found(name: string): Nic {
    return {
      virtual: existsSync(`${this.sys}/class/net/${name}/device/physfn`),
      askedAt: -Infinity,
      knownAt: -Infinity,
      counters: { loss: 'unknown', sums: [] },
      numbers: new Map(),
      standard: new Totals(),
    };
  }

  /** Physical functions first, and of each kind one in any case: none waits for ever. */
  #ask(until: number): void {
    for (const virtual of [false, true]) {
      const waiting = [...this.#nics].filter(([, nic]) => nic.virtual === virtual);
      waiting.sort(([, a], [, b]) => (a.askedAt < b.askedAt ? -1 : Number(a.askedAt > b.askedAt)));
      for (const [i, [name, nic]] of waiting.entries()) {
        if (i > 0 && this.now() >= until) break;
        nic.askedAt = this.now();
        this.#take(nic, this.ethtool.read(name));
      }
    }
  }

  /** A driver that has just no answer, or no counters, as some do while their device is down, keeps those it had. */
  #take(nic: Nic, answer: DriverCounters | undefined): void {
    const { answer: before } = nic;
    if (before && !answer) return;
    if (before?.driver === answer?.driver && answer?.names.length === 0 && before!.names.length > 0) return;
    nic.knownAt = nic.askedAt;
    if (!answer) return;
    nic.answer = answer;
    if (before?.driver !== answer.driver) nic.numbers.clear();
    if (before?.driver !== answer.driver || before.names !== answer.names)
      nic.counters = hardwareCounters(answer.driver, answer.names);
  }

  #write(sink: Sink, device: Device, nic: Nic): void {
    const { name } = device;
    sink.sample(metrics.nicHardwareInfo, [name, nic.answer?.driver ?? '', nic.counters.loss], 1);
    for (const sum of nic.counters.sums) {
      const { quantity, direction } = sum;
      const atDriver = device.kind === 'virtio' && quantity === 'drops';
      const stage = atDriver ? this.stageOfVirtio : 'nic_hardware';
      const number = this.#number(device, nic, sum);
      if (number !== undefined) sink.sample(metrics[quantity], [stage, name, '', direction], number);
    }
    const { loss } = nic.counters;
    // A virtio NIC has no hardware that could miss anything: its host has.
    if (loss === 'driver' || loss === 'standard' || device.kind === 'virtio') return;
    const lost = this.#standardLoss(device, nic.standard);
    // Where a driver counts no loss, 0 says nothing.
    if (lost !== undefined && (lost > 0 || loss === 'unknown'))
      sink.sample(metrics.drops, ['nic_hardware', name, '', 'receive'], lost);
  }

  /** No other stage has the packets of a NIC that another one takes its packets from: what reached its driver, and what did not. */
  #writePassed(sink: Sink, { name, receive }: Device, { numbers }: Nic): void {
    const lost = numbers.get('drops receive')?.exported ?? 0;
    sink.sample(metrics.packets, ['nic_hardware', name, '', 'receive'], receive.packets + lost);
  }

  /** Never falls, also where queues and their counters go, or are made anew. Undefined where nothing could be read. */
  #number(
    device: Device,
    nic: Nic,
    { quantity, direction, added, subtracted }: HardwareSum,
  ): number | undefined {
    const key = `${quantity} ${direction}`;
    const number = nic.numbers.get(key) ?? { added: new Totals(), subtracted: new Totals(), exported: 0 };
    nic.numbers.set(key, number);
    const read = (totals: Totals, counters: readonly Counter[]): void => {
      for (const { key, at, range } of counters) {
        const value = typeof at === 'number' ? nic.answer?.values[at] : this.#standard(device, at);
        if (value !== undefined) totals.next(key, value, { range });
      }
    };
    read(number.added, added);
    read(number.subtracted, subtracted);
    if (number.added.empty) return undefined;
    // What is subtracted may have been counted a moment before what it is part of.
    number.exported = Math.max(number.exported, number.added.sum() - number.subtracted.sum());
    return number.exported;
  }

  /**
   * Of an unknown driver, the largest of the fields that may count loss: drivers use them for each other, or count one loss
   * in several (include/uapi/linux/if_link.h), so that their sum could be more than was lost.
   */
  #standardLoss(device: Device, totals: Totals): number | undefined {
    const fields = STANDARD_LOSS.flatMap((field) => {
      const value = this.#standard(device, field);
      return value === undefined ? [] : [totals.next(field, value)];
    });
    return fields.length > 0 ? Math.max(...fields) : undefined;
  }

  #standard({ name, receive }: Device, field: StandardField): number | undefined {
    // Without what a CPU's backlog lost, which is counted there.
    if (field === 'rx_dropped') return receive.drops;
    const text = readText(`${this.sys}/class/net/${name}/statistics/${field}`);
    return text === undefined ? undefined : Number(text);
  }
}

const countsPackets = ({ counters: { sums } }: Nic): boolean =>
  sums.some(({ quantity, direction }) => quantity === 'packets' && direction === 'receive');
