import { statSync } from 'node:fs';
import { counter, histogram, type Sink } from '../../exposition/metric.js';
import type { Signal } from '../../kernel/index.js';
import { readInterfaces } from '../../machine/index.js';
import type { Module, RunningCollector } from '../module.js';
import { NapiDevices } from './devices.js';

const labels = ['device'];

const polls = counter(
  'trapline_napi_polls_total',
  'Polls of a network device for received packets (NAPI), from softirqs, threads and busy-polling sockets; many drivers also poll for what they have sent. device is the interface; (no device) is the backlog of the CPUs, which serves loopback and devices without NAPI; (other devices) are those of other network namespaces, without an interface, found by no scan yet, or beyond the 62 that are told apart. Source: tracepoint napi_poll.',
  labels,
);
const packets = counter(
  'trapline_napi_packets_total',
  'Packets that these polls brought, as the driver counted them. Source: tracepoint napi_poll.',
  labels,
);
const exhausted = counter(
  'trapline_napi_budget_exhausted_total',
  'Polls that used up their budget, so that packets may have been left for the next. Source: tracepoint napi_poll.',
  labels,
);
const pollPackets = histogram(
  'trapline_napi_poll_packets',
  'Packets that one poll brought. Source: tracepoint napi_poll.',
  labels,
  [0, 1, 2, 4, 8, 16, 32, 64],
);

const description = {
  name: 'napi',
  help: 'Polls of network devices, their packets and exhausted budgets, by eBPF on the tracepoint napi_poll',
  metrics: [polls, packets, exhausted, pollPackets],
};

/** bpf/napi.bpf.c */
const signal: Signal = {
  name: description.name,
  tables: { napi_devices: 'write', napi_rows: 'read' },
  perCpu: ['napi_rows'],
  programs: [{ name: 'napi_poll', hook: 'tp_btf/napi_poll', functions: ['napi_poll'], modules: [] }],
  needs: [{ metrics: description.metrics.map(({ name }) => name), programs: ['napi_poll'] }],
};

/** Writes what the polls of each device brought. */
class NapiCollector implements RunningCollector {
  readonly name = description.name;
  readonly help = description.help;
  readonly metrics = description.metrics;

  constructor(private readonly devices: NapiDevices) {}

  collect(sink: Sink): void {
    for (const { device, ...totals } of this.devices.read()) {
      const count = totals.polls.reduce((sum, each) => sum + each, 0);
      sink.sample(polls, [device], count);
      sink.sample(packets, [device], totals.packets);
      sink.sample(exhausted, [device], totals.exhausted);
      sink.histogram(pollPackets, [device], totals.polls, totals.packets);
    }
  }
}

export const napiModule: Module = {
  description,
  signals: [signal],
  create({ watch, handles }) {
    const own = handles(signal.name);
    if (!own) return undefined;
    const devices = new NapiDevices(own, statSync('/proc/self/ns/net').ino);
    watch.afterScan(() => devices.follow(readInterfaces()));
    return new NapiCollector(devices);
  },
};
