/** What each program costs per event, above the least that any program on its hook would. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startRunStats } from '../exporter/src/kernel/index.js';
import type { KernelSeries } from '../lab/kernel.js';
import type { LabHost } from '../lab/host.js';
import type { Step } from '../lab/progress.js';
import { TalkingGuest, type Card } from '../lab/tests/talking-guest.js';
import type { Bench, Result } from './bench.js';
import { exitPair } from './exit_pair.js';
import { compileFloors } from './floors.js';
import { Hooked } from './hooked.js';
import { LAB_PACKAGES, COUNTING, LabHooked, labFacts, labKernels, Talker, withLabHost } from './lab_host.js';
import { costBars, costTable, programCosts, type Reading } from './program_costs.js';
import { thisMachine } from './results.js';

const ROUNDS = 6;
const LAB_ROUNDS = 4;

export const bench: Bench = {
  name: 'events',
  answers: 'What does each eBPF program cost per event, above an empty one on the same hook?',
  needs: { root: true, packages: [...LAB_PACKAGES, 'iproute2', 'ethtool'] },
  async *run({ step }) {
    compileFloors();
    yield await onThisMachine(step);
    for (const kernel of labKernels()) yield await inTheLab(kernel, step);
  },
};

async function onThisMachine(step: Step): Promise<Result> {
  const { table, goals, plot, note } = await step('Run the functions that count exits', exitPair);
  const costs = programCosts(await step('Watch bursts of packets for half a minute', watchBursts));
  return {
    bench: 'events',
    ground: 'machine',
    machine: thisMachine(),
    tables: [table, costTable('Programs on their hooks', 'ns', costs)],
    goals,
    plots: [plot, costBars('What a program adds to an empty one, for each event', 'ns', costs)],
    notes: [
      note,
      'The kernel measures each run with two clock readings, of which one is in the figure: the empty program shows it.',
      'An exit was given to the functions by BPF_PROG_TEST_RUN, with its reason as an argument; what kvm_exit does to find the reason was measured beside it and is added, to ours and to the hash.',
    ],
  };
}

const SENDER = join(import.meta.dirname, '../lab/guests/burst-sender.ts');

/** All groups are on the same hooks, and so see the same events. */
async function watchBursts(): Promise<(readonly [Reading, Reading])[]> {
  const argv = ['--net', process.execPath, '--import', 'tsx', SENDER, '--device', 'bench0'];
  const sender = spawn('unshare', argv, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface(sender.stdout)[Symbol.asyncIterator]();
  const rest = startRunStats();
  try {
    await lines.next();
    const hooked = new Hooked();
    for (const group of ['empty', 'trapline', 'clock'] as const) hooked.on(group);
    const rounds: (readonly [Reading, Reading])[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const before = hooked.read();
      for (const packets of [1, 16, 64]) {
        sender.stdin.write(`${packets} 500\n`);
        await lines.next();
      }
      rounds.push([before, hooked.read()]);
    }
    for (const group of ['empty', 'trapline', 'clock'] as const) hooked.off(group);
    return rounds.slice(1);
  } finally {
    rest();
    const gone = once(sender, 'exit');
    sender.stdin.end();
    await gone;
  }
}

/** One card whose doorbells vhost answers, and one whose doorbells go to the VMM. */
const CARDS: readonly Card[] = [
  {
    ...{ tap: 'tap0', hostAddress: '10.1.0.1', guestAddress: '10.1.0.2' },
    ...{ vhost: true, ioeventfd: true },
  },
  {
    ...{ tap: 'tap1', hostAddress: '10.2.0.1', guestAddress: '10.2.0.2' },
    ...{ vhost: false, ioeventfd: false },
  },
];
const MODULES = ['kvm_amd', 'vhost_net', 'tun', 'virtio_net'];

async function inTheLab(kernel: KernelSeries, step: Step): Promise<Result> {
  return withLabHost(kernel, MODULES, step, async (host) => {
    const rounds = await watchGuests(host, step);
    const costs = programCosts(rounds);
    return {
      bench: 'events',
      ground: `lab-${kernel}`,
      machine: labFacts(host),
      tables: [costTable('Programs on their hooks', COUNTING, costs)],
      goals: [],
      plots: [costBars('What a program adds to an empty one, for each event', COUNTING, costs)],
      notes: [
        'Here a reading of the clock and an atomic addition count as one instruction each, and a miss of a cache costs nothing: what these take on a processor is in the figures of a real kernel.',
      ],
    };
  });
}

async function watchGuests(host: LabHost, step: Step): Promise<(readonly [Reading, Reading])[]> {
  const events = await step('Start guests and a sensor in it', () => startEvents(host));
  const hooked = await step('Put the programs on their hooks', async () => {
    const inside = await LabHooked.start(host);
    for (const group of ['empty', 'trapline', 'clock'] as const) await inside.on(group);
    await inside.measure();
    return inside;
  });
  return step('Make events', async () => {
    const rounds: (readonly [Reading, Reading])[] = [];
    await events();
    for (let round = 0; round < LAB_ROUNDS; round++) {
      const before = await hooked.read();
      await events();
      rounds.push([before, await hooked.read()]);
    }
    return rounds;
  });
}

/** Guests that exit, kick and are interrupted, and a sensor whose statistics are read. Returns what makes them do it. */
async function startEvents(host: LabHost): Promise<() => Promise<void>> {
  await TalkingGuest.start(host, 'bench', CARDS);
  const exits = await Talker.start(host, 'lab/guests/exit-loop.ts');
  const writes = await Talker.start(host, 'lab/guests/port-writer.ts', '--wait');
  const sensor = await Talker.start(
    host,
    'lab/guests/capture-sensor.ts',
    '--method',
    'v3',
    '--sockets',
    '30',
  );
  return async () => {
    await exits.ask('1000');
    await writes.ask('300');
    await sensor.ask('totals');
    for (const { guestAddress } of CARDS)
      await host.must(`busybox ping -q -c 40 -i 0.01 ${guestAddress}`, { timeout: 300 });
  };
}
