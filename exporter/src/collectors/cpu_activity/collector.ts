import { counter, type Sink } from '../../exposition/metric.js';
import type { cpu_activity_row, Table } from '../../kernel/index.js';
import { Fleet, type NameOf, type ProcessKey } from '../fleet.js';
import type { RunningCollector } from '../module.js';
import { ACTIVITIES } from './activities.js';
import type { Kind, Processes } from './processes.js';
import { HERTZ } from './signal.js';
import { Times } from './times.js';

const PERIOD_NS = 1e9 / HERTZ;

const seconds = counter(
  'trapline_cpu_seconds_total',
  'Time of all CPUs by what they were at: guest, exit_handling (KVM), interrupt (after handlers, in softirqs other than those of the network, in interrupt threads), polling (receiving packets), copy (moving memory), bridging (bridges, taps, veth), capture (AF_PACKET, AF_XDP and the processes that hold such sockets), vmm (the rest of processes that hold a VM, and vhost), other, idle. vm is empty for what belongs to no VM. All series of a machine add up to its CPUs x the time. Source: samples of the cpu-clock, 49 a second and CPU, each for the time since the one before.',
  ['activity', 'vm'],
);

export const cpuActivityDescription = {
  name: 'cpu_activity',
  help: 'What the CPUs are at, by eBPF on samples of their clocks',
  metrics: [seconds],
};

/** Writes where the time of the CPUs went, and tells the program which processes are VMMs and which capture. */
export class CpuActivityCollector implements RunningCollector {
  readonly name = cpuActivityDescription.name;
  readonly help = cpuActivityDescription.help;
  readonly metrics = cpuActivityDescription.metrics;
  readonly #fleet: Fleet<Times>;
  /** The most idle time shown: that of CPUs that sleep is an estimate, which their next sample may correct. */
  #shownIdle = 0;

  /** `linger` in nanoseconds: how long an ended VM is still shown. `clock` is CLOCK_MONOTONIC in nanoseconds. */
  constructor(
    private readonly rows: Table<typeof cpu_activity_row>,
    private readonly onlineCpus: () => readonly number[],
    private readonly processes: Processes,
    private readonly resumedNs: () => number,
    nameOf: NameOf,
    linger: number,
    private readonly clock: () => number = () => Number(process.hrtime.bigint()),
  ) {
    this.#fleet = new Fleet(() => new Times(), nameOf, linger);
  }

  collect(sink: Sink): void {
    this.#shownIdle = Math.max(this.#shownIdle, this.#sum(ACTIVITIES.idle) + this.#asleep());
    for (const [activity, number] of Object.entries(ACTIVITIES)) {
      const ns = number === ACTIVITIES.idle ? this.#shownIdle : this.#sum(number);
      sink.sample(seconds, [activity, ''], ns / 1e9);
    }
    for (const [vm, times] of this.#fleet.byName(this.processes.vmms())) {
      sink.sample(seconds, ['guest', vm], times.guest / 1e9);
      sink.sample(seconds, ['exit_handling', vm], times.exit_handling / 1e9);
      sink.sample(seconds, ['vmm', vm], times.vmm / 1e9);
    }
  }

  /** A process that does both is a VMM. */
  know(vmms: Iterable<ProcessKey>, captures: Iterable<ProcessKey>): void {
    const wanted = new Map<ProcessKey, Kind>();
    for (const key of captures) wanted.set(key, 'capture');
    for (const key of vmms) wanted.set(key, 'vmm');
    this.#fleet.end(this.processes.update(wanted), this.clock());
    this.#fleet.meet(this.processes.vmms().map(([key]) => key));
  }

  lost(): Record<string, number> {
    return { process_table_full: this.processes.unplaced };
  }

  #sum(activity: number): number {
    let sum = 0;
    for (let cpu = 0; cpu < this.rows.length; cpu++) sum += this.rows.u64(cpu, 'spent_ns', activity);
    return sum;
  }

  /** How long the CPUs were not sampled that should have been twice: they sleep, and tell when they wake. */
  #asleep(): number {
    const now = this.clock();
    let sum = 0;
    for (const cpu of this.onlineCpus()) {
      const sampled = this.rows.u64(cpu, 'sampled_ns');
      if (sampled > this.resumedNs() && now - sampled > 2 * PERIOD_NS) sum += now - sampled - PERIOD_NS;
    }
    return sum;
  }
}
