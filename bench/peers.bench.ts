/** What other tools cost that answer the same question, and what Trapline does: a guest that does nothing but exit. */
import type { KernelSeries } from '../lab/kernel.js';
import type { LabHost } from '../lab/host.js';
import type { Step } from '../lab/progress.js';
import { goal, type Bench, type Goal, type Result } from './bench.js';
import { compileFloors, type Group } from './floors.js';
import { figure } from './format.js';
import { LAB_PACKAGES, LabHooked, labFacts, labKernels, Talker, withLabHost } from './lab_host.js';
import { besideTool, type Tool } from './tool.js';
import { combine, inTurns, measure, ratio, type Measure } from './statistics.js';

/** A round of the guest: as many CPUID, each an exit that the kernel handles by itself. */
const EXITS = 40_000;
/** Few are enough where rounds differ by some instructions in a thousand. */
const ROUNDS = 2;

export const bench: Bench = {
  name: 'peers',
  answers:
    'What do other tools that watch VM exits cost beside Trapline, per exit and as slow-down of a guest?',
  needs: { root: true, packages: [...LAB_PACKAGES, 'linux-perf', 'bpftrace'] },
  async *run({ step }) {
    compileFloors();
    for (const kernel of labKernels()) yield await onKernel(kernel, step);
  },
};

/** What is put on the hooks by our own loader, in turns. */
const GROUPS = {
  empty: 'two empty programs',
  clock: 'two empty programs, each with a clock reading',
  trapline: 'Trapline: every program of vm_exit',
  exporter: 'per-CPU hash with a composite key, log2 histogram',
} satisfies Partial<Record<Group, string>>;

type Watcher = keyof typeof GROUPS;

const BPFTRACE = `
tracepoint:kvm:kvm_exit { @start[tid] = nsecs; @reason[tid] = args->exit_reason; }
tracepoint:kvm:kvm_entry /@start[tid]/ { @ns[@reason[tid]] = hist(nsecs - @start[tid]); delete(@start[tid]); delete(@reason[tid]); }`;

const RECORD = '/run/lab/perf.data';

const TOOLS: readonly Tool[] = [
  {
    name: 'bpftrace, hist() by reason',
    command: 'bpftrace /run/lab/exits.bt -o /run/lab/bpftrace.out',
    saw: "grep -q '@ns' /run/lab/bpftrace.out",
  },
  {
    name: "perf stat -e 'kvm:*'",
    command: "perf stat -a -x ';' -o /run/lab/perf.stat -e 'kvm:*'",
    saw: `test "$(grep kvm:kvm_exit /run/lab/perf.stat | cut -d';' -f1)" -ge ${EXITS}`,
  },
  {
    name: 'perf kvm stat record',
    command: `perf kvm stat record -a -o ${RECORD}`,
    saw: `test "$(stat -c %s ${RECORD})" -gt ${EXITS}`,
  },
];

/** Instructions of the whole machine for each exit of the guest, by who watched, each beside one with nobody watching. */
interface Watched {
  name: string;
  with: number[];
  without: number[];
}

async function onKernel(kernel: KernelSeries, step: Step): Promise<Result> {
  return withLabHost(kernel, ['kvm_amd'], step, async (host) => {
    const guest = await Talker.start(host, 'lab/guests/exit-loop.ts');
    const exit = async (): Promise<number> => Number(await guest.ask(`${EXITS}`)) / EXITS;
    await exit();
    const groups = await step('Put programs on the hooks in turns', () => watchGroups(host, exit));
    const tools: Watched[] = [];
    for (const tool of TOOLS)
      tools.push(await step(`Watch with ${tool.name}`, () => watchTool(host, tool, exit)));
    return evaluate(kernel, host, groups, tools);
  });
}

async function watchGroups(host: LabHost, exit: () => Promise<number>): Promise<Record<Watcher, Watched>> {
  const hooked = await LabHooked.start(host, ['vm_exit']);
  const watch = async (group: Watcher): Promise<number> => {
    await hooked.on(group);
    // The first exits open rows.
    await exit();
    const each = await exit();
    await hooked.off(group);
    return each;
  };
  const names = Object.keys(GROUPS) as Watcher[];
  const variants = {
    nobody: exit,
    ...(Object.fromEntries(names.map((group) => [group, () => watch(group)])) as Record<
      Watcher,
      () => Promise<number>
    >),
  };
  const { nobody, ...values } = await inTurns(variants, ROUNDS);
  const watched = names.map((group) => [
    group,
    { name: GROUPS[group], with: values[group], without: nobody },
  ]);
  return Object.fromEntries(watched) as Record<Watcher, Watched>;
}

/** Starting such a tool takes longer than all that it watches, so it is started once, between two rounds without it. */
async function watchTool(host: LabHost, tool: Tool, exit: () => Promise<number>): Promise<Watched> {
  await host.put('/run/lab/exits.bt', BPFTRACE);
  const { with: watched, without } = await besideTool(host, tool, exit, ROUNDS);
  return { name: tool.name, with: watched, without };
}

const added = (watched: Watched): number[] => watched.with.map((each, i) => each - watched.without[i]!);

const slowdown = (watched: Watched): Measure =>
  combine((with_, without) => (100 * (with_ - without)) / without, watched.with, watched.without);

function evaluate(
  kernel: KernelSeries,
  host: LabHost,
  groups: Record<Watcher, Watched>,
  tools: readonly Watched[],
): Result {
  const ours = added(groups.trapline);
  const all = [groups.empty, groups.clock, groups.trapline, groups.exporter, ...tools];
  return {
    bench: 'peers',
    ground: `lab-${kernel}`,
    machine: labFacts(host),
    tables: [
      {
        title: 'A guest that does nothing but exit',
        pairs: ROUNDS,
        columns: ['÷ Trapline', 'slow-down, %', 'instructions added to an exit', 'instructions of an exit'],
        rows: [
          { name: 'nobody watches', cells: [0, 0, 0, measure(groups.empty.without)] },
          ...all.map((watched) => ({
            name: watched.name,
            cells: [
              ratio(added(watched), ours),
              slowdown(watched),
              measure(added(watched)),
              measure(watched.with),
            ],
          })),
        ],
      },
    ],
    goals: goals(groups, tools),
    plots: [
      {
        ...{ kind: 'bars', name: 'exit', title: 'What watching adds to an exit', unit: 'instructions' },
        bars: all.map((watched) => ({
          name: watched.name,
          value: measure(added(watched)).median,
          ...(watched === groups.trapline ? { mark: 'ours' as const } : {}),
          ...(watched === groups.empty || watched === groups.clock ? { mark: 'floor' as const } : {}),
        })),
      },
    ],
    notes: [
      'Counted are all instructions of the machine, kernel and tools together. What a tool does after the guest has ended, as writing its file, is not in it.',
      'On a processor, leaving and entering the guest takes about 1000 cycles (kvm-unit-tests, CPUID), here two instructions: so slow-downs are overstated here, and ratios of tools are not.',
    ],
  };
}

function goals(groups: Record<Watcher, Watched>, tools: readonly Watched[]): Goal[] {
  const above = (group: Watcher): number[] =>
    added(groups[group]).map((each, round) => each - added(groups.clock)[round]!);
  const record = tools.find(({ name }) => name.endsWith('record'))!;
  const [empty, clock] = [slowdown(groups.empty), slowdown(groups.clock)];
  return [
    {
      ...goal(
        'added to an exit, above empty programs and clocks ÷ the same of a per-CPU hash',
        'at most',
        0.5,
        ratio(above('trapline'), above('exporter')),
      ),
      floor:
        'Before 6.2 the reason of an exit is fetched by two calls of a helper, which both pay (bpf/look.h). These are instructions; in time, on a processor, `events` measures the same.',
    },
    {
      ...goal(
        'added to an exit ÷ the same of perf kvm stat record',
        'at most',
        0.1,
        ratio(added(groups.trapline), added(record)),
      ),
      floor: `Two empty programs alone are ${figure(ratio(added(groups.empty), added(record)).median)} of it, and what perf kvm stat report does afterwards is not in it.`,
    },
    {
      ...goal('slow-down of a guest that only exits', 'at most', 1, slowdown(groups.trapline), '%'),
      floor: `Two empty programs alone take ${figure(empty.median)} %, and with the two clock readings without which no duration is known ${figure(clock.median)} %.`,
    },
  ];
}
