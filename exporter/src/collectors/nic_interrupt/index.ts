import { counter, type Sink } from '../../exposition/metric.js';
import { readNics } from '../../machine/index.js';
import type { Module, RunningCollector } from '../module.js';
import { Handlers } from './handlers.js';
import { nicInterruptSignal } from './signal.js';

const labels = ['device', 'queue'];

const interrupts = counter(
  'trapline_nic_interrupts_total',
  "Interrupts of network cards since they were first watched. device is the interface, or the card's address on its bus where this network namespace has no interface of it. queue is what the driver calls the interrupt in /proc/interrupts, without the device; it is empty where that is all. Interrupts of a line shared with other devices count if the card's handler took them for its own. Source: tracepoint irq_handler_exit.",
  labels,
);
const interruptSeconds = counter(
  'trapline_nic_interrupt_seconds_total',
  'Time the handlers of these interrupts ran; what they leave to softirqs or threads is not in it. Source: irq_handler_entry to irq_handler_exit.',
  labels,
);

const description = {
  name: nicInterruptSignal.name,
  help: 'Interrupts of network cards by queue, and their time, by eBPF on the irq tracepoints',
  metrics: [interrupts, interruptSeconds],
};

/** Writes what each queue's interrupts count and take. */
class NicInterruptCollector implements RunningCollector {
  readonly name = description.name;
  readonly help = description.help;
  readonly metrics = description.metrics;

  constructor(private readonly handlers: Handlers) {}

  collect(sink: Sink): void {
    for (const { device, queues } of this.handlers.read()) {
      for (const [queue, { count, ns }] of queues) {
        sink.sample(interrupts, [device, queue], count);
        sink.sample(interruptSeconds, [device, queue], ns / 1e9);
      }
    }
  }

  lost(): Record<string, number> {
    return { interrupt_table_full: this.handlers.lost };
  }
}

export const nicInterruptModule: Module = {
  description,
  signals: [nicInterruptSignal],
  create({ watch, handles }) {
    const tables = handles(nicInterruptSignal.name)?.tables;
    if (!tables) return undefined;
    const handlers = new Handlers((table) => tables[table]!);
    watch.afterScan(() => handlers.follow(readNics()));
    return new NicInterruptCollector(handlers);
  },
};
