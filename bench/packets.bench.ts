/** What watching costs packets on their way from a NIC over a bridge to a tap, and into the V3 ring of a sniffer. */
import { join } from 'node:path';
import { command } from '../lab/command.js';
import type { KernelSeries } from '../lab/kernel.js';
import type { Step } from '../lab/progress.js';
import { goal, type Bench, type MachineFacts, type Result } from './bench.js';
import { COMPILED, compileFloors, type Group } from './floors.js';
import { Hooked } from './hooked.js';
import { LAB_PACKAGES, LabHooked, labFacts, labKernels, Talker, withLabHost } from './lab_host.js';
import { thisMachine } from './results.js';
import { combine, inTurns, measure, type Measure } from './statistics.js';
import { LocalProcess, thisPlace } from './this_machine.js';
import { besideTool, type Place, type Tool } from './tool.js';

export const bench: Bench = {
  name: 'packets',
  answers: 'What does watching cost each packet on its way over a bridge to a tap and into a capture ring?',
  needs: { root: true, packages: [...LAB_PACKAGES, 'iproute2', 'ethtool', 'bpftrace', 'dropwatch'] },
  async *run({ step }) {
    compileFloors();
    await command('clang', [
      '-O2',
      '-pthread',
      '-o',
      PATH,
      join(import.meta.dirname, 'inside/packet_path.c'),
    ]);
    yield await onThisMachine(step);
    for (const kernel of labKernels()) yield await inTheLab(kernel, step);
  },
};

const PATH = join(COMPILED, 'packet_path');
const START = `unshare --net ${PATH}`;

/** What our own loader puts on the hooks, in turns. */
const WATCHERS = {
  defaults: 'Trapline',
  trapline: 'Trapline with drop_reasons and suppressed_kicks',
  per_packet: 'a program for each packet, per-CPU hash',
} satisfies Partial<Record<Group, string>>;

type Watcher = keyof typeof WATCHERS;

const BPFTRACE: Tool = {
  name: 'bpftrace, count() of kfree_skb by reason',
  command: `bpftrace -o /tmp/trapline-bench.bpftrace -e 'tracepoint:skb:kfree_skb { @[args->reason] = count(); }'`,
  saw: 'grep -q @ /tmp/trapline-bench.bpftrace',
};

const DROPWATCH: Tool = {
  name: 'dropwatch',
  command: `bash -c 'exec dropwatch -l kas > /tmp/trapline-bench.dropwatch'`,
  // The second one is read when a signal has ended the first.
  orders: ['start', 'exit'],
  saw: "grep -q 'drops at' /tmp/trapline-bench.dropwatch",
};

/** How a ground does it. */
interface Ground {
  place: Place;
  tools: readonly Tool[];
  frames: number;
  rounds: number;
  unit: string;
  ask: (line: string) => Promise<string>;
  hooked: Pick<LabHooked, 'on' | 'off'>;
}

interface Answer {
  cpu: number;
  captured: number;
  dropped: number;
}

/** The cost of a packet. Throws where one was not captured: then less was done. */
async function send({ ask, frames }: Ground): Promise<number> {
  const answer = JSON.parse(await ask(`${frames}`)) as Answer;
  if (answer.captured < frames || answer.dropped > 0)
    throw new Error(`of ${frames} packets ${answer.captured} came and ${answer.dropped} were dropped`);
  return answer.cpu / frames;
}

async function onThisMachine(step: Step): Promise<Result> {
  const path = new LocalProcess(START);
  await path.line();
  const hooked = new Hooked();
  const ground: Ground = {
    ...{ place: thisPlace, tools: [BPFTRACE], frames: 96_000, rounds: 12, unit: 'ns' },
    ask: (line) => path.ask(line),
    hooked: {
      on: (group) => Promise.resolve(hooked.on(group)),
      off: (group) => Promise.resolve(hooked.off(group)),
    },
  };
  const result = await measureGround(ground, step, 'machine', thisMachine());
  await path.stop('TERM');
  return result;
}

const MODULES = ['tun', 'bridge', 'veth', 'af_packet', 'drop_monitor', 'virtio_net'];

async function inTheLab(kernel: KernelSeries, step: Step): Promise<Result> {
  return withLabHost(kernel, MODULES, step, async (host) => {
    const path = await Talker.run(host, START);
    const ground: Ground = {
      ...{ place: host, tools: [BPFTRACE, DROPWATCH], frames: 6400, rounds: 4, unit: 'instructions' },
      ask: (line) => path.ask(line),
      hooked: await LabHooked.start(host),
    };
    return measureGround(ground, step, `lab-${kernel}`, labFacts(host));
  });
}

interface Watched {
  name: string;
  with: number[];
  without: number[];
}

async function measureGround(
  ground: Ground,
  step: Step,
  name: string,
  machine: MachineFacts,
): Promise<Result> {
  await send(ground);
  const watched = await step('Send packets beside programs', () => besidePrograms(ground));
  for (const tool of ground.tools)
    watched.push({
      name: tool.name,
      ...(await step(`Send packets beside ${tool.name}`, () =>
        besideTool(ground.place, tool, () => send(ground), ground.rounds),
      )),
    });
  return evaluate(ground, watched, name, machine);
}

async function besidePrograms(ground: Ground): Promise<Watched[]> {
  const watch = (group: Watcher) => async (): Promise<number> => {
    await ground.hooked.on(group);
    const each = await send(ground);
    await ground.hooked.off(group);
    return each;
  };
  const { nobody, ...values } = await inTurns(
    {
      nobody: () => send(ground),
      defaults: watch('defaults'),
      trapline: watch('trapline'),
      per_packet: watch('per_packet'),
    },
    ground.rounds,
  );
  return (Object.keys(WATCHERS) as Watcher[]).map((group) => ({
    ...{ name: WATCHERS[group], with: values[group], without: nobody },
  }));
}

const share = (watched: Watched): Measure =>
  combine((with_, without) => with_ / without, watched.with, watched.without);
const added = (watched: Watched): Measure =>
  combine((with_, without) => with_ - without, watched.with, watched.without);
const rate = (values: readonly number[]): Measure => measure(values.map((each) => 1e6 / each));

function evaluate(
  { rounds, unit }: Ground,
  watched: readonly Watched[],
  name: string,
  machine: MachineFacts,
): Result {
  const nobody = watched[0]!.without;
  const perSecond = unit === 'ns' ? ['packets a ms and processor'] : [];
  const rateOf = (values: readonly number[]) => (unit === 'ns' ? [rate(values)] : []);
  return {
    bench: 'packets',
    ground: name,
    machine,
    tables: [
      {
        title: 'A packet over a bridge to a tap and into a V3 ring',
        pairs: rounds,
        columns: ['÷ nobody watches', `added, ${unit}`, `a packet, ${unit}`, ...perSecond],
        rows: [
          { name: 'nobody watches', cells: [1, 0, measure(nobody), ...rateOf(nobody)] },
          ...watched.map((each) => ({
            name: each.name,
            cells: [share(each), added(each), measure(each.with), ...rateOf(each.with)],
          })),
        ],
      },
    ],
    goals: [goal('a packet with Trapline ÷ without', 'at most', 1.02, share(watched[0]!))],
    plots: [
      {
        ...{ kind: 'bars', name: 'packet', title: 'What watching adds to a packet', unit },
        bars: watched.map((each, i) => ({
          name: each.name,
          value: added(each).median,
          ...(i < 2 ? { mark: 'ours' as const } : {}),
        })),
      },
    ],
    notes: [
      'What a packet costs is the time of the processor for all that happens to it, from the sender to the sniffer, softirqs with it, and not that of the wall: so others on the machine disturb it little.',
    ],
  };
}
