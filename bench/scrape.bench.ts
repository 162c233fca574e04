/** What a scrape costs as VMs become more, against who else could write the same. */
import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { goal, type Bench, type BenchContext, type Plot, type Result, type Table } from './bench.js';
import { SERVER_FLAGS } from '../exporter/src/loader.js';
import { thisMachine } from './results.js';
import { SERIES_OF_A_VM } from './scrape/series.js';
import { inTurns, measure, median, ratio, type Measure } from './statistics.js';

/** What one scrape took: milliseconds of processor, of time and of the longest stretch without a turn of the event loop. */
export interface Written {
  cpu: number;
  wall: number;
  block: number;
  bytes: number;
  /** MB that the process holds, at most or after it. */
  rss: number;
}

const VMS = [1, 10, 100, 1000];
const ROUNDS = 5;
/** Scrapes by one process. */
const SCRAPES = 5;

const VARIANTS = {
  trapline_rows: 'Trapline: rows of 8 vCPUs a VM, all collectors, text',
  trapline: 'Trapline: series said, and their text',
  trapline_writer: 'Trapline: the writer',
  prom_client: 'prom-client: the writer',
  percpu_hash: 'per-CPU hash read by system calls, text, in C',
} as const;
type Variant = keyof typeof VARIANTS;

export const bench: Bench = {
  name: 'scrape',
  answers: 'What does a scrape cost with 1, 10, 100 and 1000 VMs of 8 vCPUs, and does anything wait for it?',
  needs: { root: true, packages: ['libbpf1', 'libbpf-dev', 'clang'] },
  async run({ step }) {
    const folder = mkdtempSync(join(tmpdir(), 'trapline-bench-'));
    try {
      return [await scrapes(folder, step)];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

async function scrapes(folder: string, step: BenchContext['step']): Promise<Result> {
  const program = join(folder, 'percpu-hash');
  execFileSync('clang', ['-O2', join(import.meta.dirname, 'scrape/percpu-hash.c'), '-lbpf', '-o', program]);
  const sizes = new Map<number, Record<Variant, Written[]>>();
  for (const vms of VMS)
    sizes.set(vms, await step(`Scraping ${vms} VMs`, () => inTurns(variantsOf(program, vms), ROUNDS)));
  const most = sizes.get(VMS.at(-1)!)!;
  const cpu = (variant: Variant): number[] => most[variant].map((each) => each.cpu);
  const blocks = measure(most.trapline_rows.map(({ block }) => block));
  const growth = growthOf(sizes);
  return {
    bench: 'scrape',
    ground: 'machine',
    machine: thisMachine(),
    tables: [...sizes].map(([vms, by]) => tableOf(vms, by)),
    goals: [
      goal(
        'prom-client ÷ Trapline, the writers, 85 000 series',
        'at least',
        5,
        ratio(cpu('prom_client'), cpu('trapline_writer')),
      ),
      goal('the longest stretch without a turn of the event loop, 1000 VMs', 'at most', 20, blocks, 'ms'),
      goal('processor time for a VM, of 1000 ÷ of 100', 'at most', 1.25, growth),
    ],
    plots: [plotOf(sizes)],
    notes: [
      `A VM has ${SERIES_OF_A_VM} series in the texts that are compared, a bucket of a histogram as one; the first row writes some more.`,
      "The per-CPU hash is a stand-in for ebpf_exporter's shape, in C and without decoding of labels: ebpf_exporter itself is a program in Go whose modules are fetched from a network. Its cost grows with the CPUs that a kernel may have, whose values are one row's in Trapline.",
      "The writers have their labels: prom-client's series are set before, and what that takes is not counted. A collector of Trapline's says its series each time, and each is looked up and checked not to be there twice: that is the row above.",
      'Milliseconds of processor are of all threads. A stretch is processor time of the event loop’s thread: what other processes of the machine took is not in it. Memory is that of a process of the bench, which holds what makes the rows too.',
    ],
  };
}

function variantsOf(program: string, vms: number): Record<Variant, () => Promise<Written>> {
  const child = join(import.meta.dirname, 'scrape/child.ts');
  const node = (name: Variant) => () =>
    run(process.execPath, ...SERVER_FLAGS, '--import', 'tsx', child, name, `${vms}`, `${SCRAPES}`);
  return {
    trapline_rows: node('trapline_rows'),
    trapline: node('trapline'),
    trapline_writer: node('trapline_writer'),
    prom_client: node('prom_client'),
    percpu_hash: () => run(program, `${vms}`, `${SCRAPES}`),
  };
}

/** The median of what one process took for each of its scrapes. */
async function run(program: string, ...args: string[]): Promise<Written> {
  const { stdout } = await promisify(execFile)(program, args, { encoding: 'utf8' });
  const all = JSON.parse(stdout) as Written[];
  const middle = (field: keyof Written): number => median(all.map((each) => each[field]));
  return {
    cpu: middle('cpu'),
    wall: middle('wall'),
    block: middle('block'),
    bytes: middle('bytes'),
    rss: middle('rss'),
  };
}

function tableOf(vms: number, by: Record<Variant, Written[]>): Table {
  const ours = by.trapline_writer.map(({ cpu }) => cpu);
  return {
    title: `A scrape of ${vms} ${vms === 1 ? 'VM' : 'VMs'}`,
    pairs: ROUNDS,
    columns: [
      '÷ Trapline’s writer',
      'processor, ms',
      'time, ms',
      'longest stretch, ms',
      'text, MB',
      'memory, MB',
    ],
    rows: (Object.keys(VARIANTS) as Variant[]).map((variant) => {
      const of = (field: keyof Written): number[] => by[variant].map((each) => each[field]);
      return {
        name: VARIANTS[variant],
        cells: [
          ratio(of('cpu'), ours),
          measure(of('cpu')),
          measure(of('wall')),
          measure(of('block')),
          median(of('bytes')) / 1e6,
          measure(of('rss')),
        ],
      };
    }),
  };
}

/** What a VM costs among a thousand, by what it costs among a hundred. */
function growthOf(sizes: ReadonlyMap<number, Record<Variant, Written[]>>): Measure {
  const each = (vms: number): number[] => sizes.get(vms)!.trapline_rows.map(({ cpu }) => cpu / vms);
  return ratio(each(1000), each(100));
}

function plotOf(sizes: ReadonlyMap<number, Record<Variant, Written[]>>): Plot {
  return {
    kind: 'lines',
    name: 'scrape-growth',
    title: 'Processor time of a scrape',
    x: { label: 'VMs of 8 vCPUs', scale: 'log' },
    y: { label: 'ms', scale: 'log' },
    series: (Object.keys(VARIANTS) as Variant[]).map((variant) => ({
      name: VARIANTS[variant],
      points: [...sizes].map(([vms, by]) => [vms, median(by[variant].map(({ cpu }) => cpu))]),
    })),
  };
}
