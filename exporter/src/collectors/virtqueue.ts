import { counter, type Sink } from '../exposition/metric.js';
import { Devices, Ethtool, interfaceOf, Virtqueues } from '../machine/index.js';
import type { Module, RunningCollector } from './module.js';

const kicks = counter(
  'trapline_virtqueue_kicks_total',
  'Times the driver of a virtio network card of this machine, which then is a guest, notified its host about a queue: input.N receives, output.N transmits. Source: the driver itself, as in ethtool -S (rx_queue_N_kicks through Linux 6.8, rxN_kicks since).',
  ['device', 'queue'],
);
const interrupts = counter(
  'trapline_virtqueue_interrupts_total',
  'Interrupts of the virtio devices of this machine, which then is a guest, by queue; all where the queues of a device share one. device is the network interface, or the name on the virtio bus. Source: /proc/interrupts.',
  ['device', 'queue'],
);

export const virtqueueDescription = {
  name: 'virtqueue',
  help: 'Kicks and interrupts of the virtio devices of a guest, from its drivers and /proc/interrupts',
  metrics: [kicks, interrupts],
};

/** `rx_queue_0_kicks` or `rx0_kicks`. */
const KICKS = /^([rt])x(?:_queue_)?(\d+)_kicks$/;

/** Shows from inside a guest what its host sees as kicks and injections. */
export class VirtqueueCollector implements RunningCollector {
  readonly name = virtqueueDescription.name;
  readonly help = virtqueueDescription.help;
  readonly metrics = virtqueueDescription.metrics;

  constructor(
    private readonly devices: Pick<Devices, 'read'>,
    private readonly ethtool: Pick<Ethtool, 'read' | 'keep'>,
    private readonly queues: Pick<Virtqueues, 'read'> = new Virtqueues(),
    private readonly nameOf: (device: string) => string | undefined = interfaceOf,
  ) {}

  collect(sink: Sink): void {
    const cards = this.devices.read().filter(({ kind }) => kind === 'virtio');
    this.ethtool.keep(new Set(cards.map(({ name }) => name)));
    for (const { name } of cards) {
      const { names, values } = this.ethtool.read(name) ?? { names: [], values: [] };
      names.forEach((counterName, i) => {
        const [, direction, number] = KICKS.exec(counterName) ?? [];
        if (direction === undefined) return;
        sink.sample(kicks, [name, `${direction === 'r' ? 'input' : 'output'}.${number}`], values[i]!);
      });
    }
    for (const { device, queue, interrupts: count } of this.queues.read())
      sink.sample(interrupts, [this.nameOf(device) ?? device, queue], count);
  }
}

export const virtqueueModule: Module = {
  description: virtqueueDescription,
  side: 'guest',
  signals: [],
  create: () => new VirtqueueCollector(new Devices(), new Ethtool()),
};
