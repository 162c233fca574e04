/**
 * A run that was never made: every number is reckoned from a simple model, and its cells balance to the last packet. Each sensor has a
 * capacity; what is offered beyond it is lost at the stages before it.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FLOWS, MONITORS, PLATFORMS } from '../results.js';
import {
  type Cell,
  type CellResult,
  type Environment,
  type FrameSize,
  type Sample,
  type Stage,
} from '../results.js';
import type { Run } from './run.js';

export interface MadeUp {
  replications?: number;
  monitors?: readonly (typeof MONITORS)[number][];
  flows?: readonly (typeof FLOWS)[number][];
  sizes?: readonly FrameSize[];
  platforms?: readonly (typeof PLATFORMS)[number][];
  /** Of what every sensor can do; so that two runs differ. */
  factor?: number;
}

const OFFERED = 50_000;
const SECONDS = 10;
const SAMPLES = 6;

/** Packets per second of each method on the host, with nothing done to them. */
const CAPACITY: Readonly<Record<string, number>> = {
  plain: 31_000,
  v3: 44_000,
  'af-xdp': 49_000,
  xdp: 60_000,
};
/** What a guest leaves of it. */
const IN_GUEST: Readonly<Record<string, number>> = { plain: 0.3, v3: 0.32, 'af-xdp': 0.34, xdp: 0.38 };
/** Where the guest's packets are lost, in thousandths of the loss. */
const GUEST_LOSS: readonly (readonly [Stage, number])[] = [
  ['guest_softnet', 40],
  ['socket', 130],
];
const HOST_LOSS: readonly (readonly [Stage, number])[] = [['softnet', 60]];

export function madeUpRun(options: MadeUp = {}): Run {
  const {
    replications = 3,
    monitors = ['null', 'flow'],
    flows = ['single'],
    sizes = [64, 1518],
    platforms = ['host', 'guest'],
    factor = 1,
  } = options;
  const combinations = platforms.flatMap((platform) =>
    Object.keys(CAPACITY).flatMap((method) =>
      monitors.flatMap((monitor) =>
        flows.flatMap((flow) => sizes.map((size) => ({ platform, method, monitor, flows: flow, size }))),
      ),
    ),
  );
  const cells = combinations.flatMap((combination) =>
    Array.from({ length: replications }, (_, i): Cell => {
      const { platform, method, monitor, flows: flow, size } = combination;
      const id = `${platform}-${method}-${monitor}-${flow}-${size}-r${i + 1}`;
      return { ...combination, id, replication: i + 1 };
    }),
  );
  return {
    name: 'made-up-run',
    plan: `# A plan that was never run.\nfactors:\n  platform: [${platforms.join(', ')}]\n  method: [${Object.keys(CAPACITY).join(', ')}]\n  monitor: [${monitors.join(', ')}]\n  flows: [${flows.join(', ')}]\n  size: [${sizes.join(', ')}]\nreplications: ${replications}\n`,
    environment: ENVIRONMENT,
    results: cells.map((cell, order) => resultOf(cell, order, factor)),
  };
}

const ENVIRONMENT: Environment = {
  trapline: '0.1.0',
  seed: 2012,
  startedAt: '2026-11-22T21:00:00.000Z',
  host: {
    hostname: 'made-up-host',
    kernel: '6.12.1',
    cpu: 'Made-up processor',
    cpus: 2,
    virtualization: 'none',
    programs: { tcpdump: '4.99.3', trapline: '0.1.0' },
  },
  guest: {
    hostname: 'made-up-guest',
    kernel: '6.12.1',
    cpu: 'Made-up processor',
    cpus: 1,
    virtualization: 'kvm',
    programs: { tcpdump: '4.99.3' },
  },
  absent: [],
};

/** Numbers between −1 and 1 that are the same in every run. */
const chance = (i: number) => Math.sin(12.9898 * (i + 1)) * Math.cos(78.233 * (i + 1));

function resultOf(cell: Cell, order: number, factor: number): CellResult {
  const guest = cell.platform === 'guest';
  const slowed = (cell.monitor === 'flow' ? 0.86 : 1) * (cell.flows === 'multi' ? 0.93 : 1);
  const capacity =
    factor *
    CAPACITY[cell.method]! *
    (guest ? IN_GUEST[cell.method]! : 1) *
    slowed *
    (1 - Number(cell.size === 1518) * 0.04);
  const samples = Array.from({ length: SAMPLES }, (_, i): Sample => {
    const offered = OFFERED * SECONDS + Math.round(40 * chance(order + i));
    const able = Math.round(capacity * SECONDS * (1 + 0.02 * chance(3 * order + i)));
    const delivered = Math.min(offered, able);
    return {
      at: (i + 1) * SECONDS,
      seconds: SECONDS,
      offered,
      delivered,
      lost: lossOf(offered - delivered, guest),
      kept: i > 0 && i < SAMPLES - 1,
    };
  });
  const total = (of: (sample: Sample) => number) => samples.reduce((sum, sample) => sum + of(sample), 0);
  const kept = samples.filter((sample) => sample.kept);
  const keptDelivered = kept.reduce((sum, { delivered }) => sum + delivered, 0);
  const lost: Partial<Record<Stage, number>> = {};
  for (const sample of samples)
    for (const [stage, frames] of Object.entries(sample.lost) as [Stage, number][])
      lost[stage] = (lost[stage] ?? 0) + frames;
  const delivered = total((sample) => sample.delivered);
  return {
    cell,
    order,
    startedAt: new Date(Date.UTC(2026, 10, 22, 21, 0, 70 * order)).toISOString(),
    endedAt: new Date(Date.UTC(2026, 10, 22, 21, 0, 70 * order + 65)).toISOString(),
    offered: total((sample) => sample.offered),
    delivered,
    deliveredByTrapline: delivered,
    lost,
    samples,
    cost: {
      seconds: kept.length * SECONDS,
      interrupts: Math.round(keptDelivered / 8),
      ...(guest && {
        exits: {
          io: Math.round(keptDelivered * 0.42),
          interrupt: Math.round(keptDelivered * 1.1),
          halt: Math.round(keptDelivered * 0.2),
        },
        kicks: Math.round(keptDelivered * 0.21),
        injections: Math.round(keptDelivered * 0.6),
      }),
      payers: {
        ...(guest && {
          exit_kernel: keptDelivered * 7.1e-6,
          exit_vmm: keptDelivered * 0.4e-6,
          vhost: keptDelivered * 9.2e-6,
        }),
        interrupt: keptDelivered * 0.3e-6,
        softirq: keptDelivered * 2.2e-6,
        capture: keptDelivered * (cell.monitor === 'flow' ? 6.5e-6 : 4.1e-6),
      },
      activities: {
        ...(guest && { guest: 14, exit_handling: 9, copy: 5, vmm: 1 }),
        interrupt: 3,
        polling: 12,
        capture: guest ? 0 : 11,
        other: 2,
        idle: guest ? 34 : 52,
      },
    },
  };
}

/** Spreads a loss over the stages so that it adds up; what does not divide is lost at the tap, or on the host at the socket. */
function lossOf(frames: number, guest: boolean): Partial<Record<Stage, number>> {
  if (frames === 0) return {};
  const shares = (guest ? GUEST_LOSS : HOST_LOSS).map(
    ([stage, thousandths]) => [stage, Math.floor((frames * thousandths) / 1000)] as const,
  );
  const rest = frames - shares.reduce((sum, [, count]) => sum + count, 0);
  return { ...Object.fromEntries(shares), [guest ? 'tap' : 'socket']: rest };
}

/** Writes it as the engine would. */
export async function writeMadeUpRun(directory: string, options: MadeUp = {}): Promise<Run> {
  const run = madeUpRun(options);
  await mkdir(join(directory, 'cells'), { recursive: true });
  await writeFile(join(directory, 'plan.yaml'), run.plan);
  await writeFile(join(directory, 'environment.json'), JSON.stringify(run.environment));
  for (const result of run.results)
    await writeFile(join(directory, 'cells', `${result.cell.id}.json`), JSON.stringify(result));
  return run;
}
