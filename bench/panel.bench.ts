/** What the panel's drawing takes as points become more, against Grafana's own ways. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from '../setup/build.mjs';
import { goal, type Bench, type Result, type Table } from './bench.js';
import { thisMachine } from './results.js';
import { measure, median, ratio } from './statistics.js';

const PLUGIN = join(import.meta.dirname, '../grafana-plugin');
const POINTS = [1000, 10_000, 25_000, 50_000, 200_000];
const ROUNDS = 3;

const PHASES = {
  draw: 'the panel, drawn anew',
  hover: 'the panel, pointer moving',
  brush: 'the panel, box being drawn',
  release: 'the panel, box let go',
  uplot: 'uPlot’s points, drawn anew',
  xychart: 'a circle for each, as XY chart, drawn anew',
} as const;
type PhaseName = keyof typeof PHASES;

/** Milliseconds: of time between frames, and of processor for the longest task of the page's main thread. */
interface Phase {
  frame: number;
  longestFrame: number;
  longestTask: number;
}
type Phases = Record<PhaseName, Phase>;

export const bench: Bench = {
  name: 'panel',
  answers: 'How long does the panel draw 1 000 to 200 000 points, and how long does Grafana?',
  needs: { root: false, packages: ['chromium'] },
  async run({ step }) {
    await build();
    const rounds: Map<number, Phases>[] = [];
    for (let round = 0; round < ROUNDS; round++)
      rounds.push(await step(`Drawing, round ${round + 1} of ${ROUNDS}`, drawAll));
    return [resultOf(rounds)];
  },
};

async function drawAll(): Promise<Map<number, Phases>> {
  const args = ['--import', 'tsx', join(PLUGIN, 'bench/frames.mts'), ...POINTS.map(String)];
  const child = spawn(process.execPath, args, { cwd: PLUGIN, stdio: ['ignore', 'pipe', 'inherit'] });
  const all = new Map<number, Phases>();
  for await (const line of createInterface(child.stdout)) {
    const { count, phases } = JSON.parse(line) as { count: number; phases: Phases };
    all.set(count, phases);
  }
  if (all.size < POINTS.length) throw new Error('The browser drew nothing.');
  return all;
}

function resultOf(rounds: readonly Map<number, Phases>[]): Result {
  const of = (count: number, phase: PhaseName, field: keyof Phase): number[] =>
    rounds.map((round) => round.get(count)![phase][field]);
  const tasks = (count: number, phase: PhaseName): number[] => of(count, phase, 'longestTask');
  const tableOf = (count: number): Table => ({
    title: `${count} points`,
    pairs: ROUNDS,
    columns: ['÷ the panel’s drawing', 'longest task, ms', 'frame, ms', 'longest frame, ms'],
    rows: (Object.keys(PHASES) as PhaseName[]).map((phase) => ({
      name: PHASES[phase],
      cells: [
        ratio(tasks(count, phase), tasks(count, 'draw')),
        measure(tasks(count, phase)),
        measure(of(count, phase, 'frame')),
        measure(of(count, phase, 'longestFrame')),
      ],
    })),
  });
  const most = POINTS.at(-1)!;
  return {
    bench: 'panel',
    ground: 'machine',
    machine: thisMachine(),
    tables: POINTS.map(tableOf),
    goals: [
      goal(
        'XY chart’s way ÷ the panel, 200 000 points drawn anew',
        'at least',
        2,
        ratio(tasks(most, 'xychart'), tasks(most, 'draw')),
      ),
      goal(
        'the longest task while a box is drawn over 200 000 points',
        'at most',
        50,
        measure(tasks(most, 'brush')),
        'ms',
      ),
    ],
    plots: [
      {
        kind: 'lines',
        name: 'panel-draw',
        title: 'Longest task of drawing anew',
        x: { label: 'points', scale: 'log' },
        y: { label: 'ms of processor', scale: 'log' },
        series: (['draw', 'uplot', 'xychart'] as const).map((phase) => ({
          name: PHASES[phase],
          points: POINTS.map((count) => [count, median(tasks(count, phase))]),
        })),
      },
    ],
    notes: [
      'Chromium without a graphics card: its raster is software, in other threads than the task. The task is processor time of the main thread, a frame is time from one to the next.',
      'Drawn anew means: the size changes by ten pixels. Beside its points the panel then draws its lines of fit, axes and statistics; Grafana’s ways draw points and axes alone, on a bare page.',
    ],
  };
}
