/** What Trapline costs by itself, with a hundred VMs and a scrape every 15 s. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SERVER_FLAGS } from '../exporter/src/loader.js';
import { Exporter } from '../exporter/test/exporter.js';
import { build } from '../setup/build.mjs';
import { goal, type Bench, type BenchContext, type Result } from './bench.js';
import { thisMachine } from './results.js';
import { memoryOf, processorTime, type Memory } from './process.js';
import { measure, median } from './statistics.js';
import { LocalProcess } from './this_machine.js';
import { fillVcpuRows, mapsOf } from './vcpu_rows.js';
import { VmCrowd } from './vm_crowd.js';

const VMS = 100;
const VCPUS = 8;
const INTERVAL = 15;
const MINUTES = 10;
/** Seconds until a process is as large as it gets: until twenty scrapes have left garbage that was collected. */
const SETTLING = 300;
/** So long after a scrape its garbage is collected too. */
const SCRAPE = 2;

const PROCESSES = {
  loader: 'loader (root)',
  server: 'server (nobody)',
  floor: 'the floor: node, which serves the same text from memory',
} as const;
type Name = keyof typeof PROCESSES;
type Each<T> = Record<Name, T>;

/** One interval: percent of a core, of which for the scrape, and MB at its end. */
interface Interval {
  all: number;
  scrape: number;
  memory: Memory;
}

export const bench: Bench = {
  name: 'standing',
  answers: 'What do processor and memory does Trapline take with 100 VMs and a scrape every 15 s?',
  needs: { root: true, packages: ['libbpf1', 'clang'] },
  async run({ step, minutes = MINUTES }) {
    await build();
    const crowd = await step(`Starting ${VMS} VMs`, () => VmCrowd.start(VMS, VCPUS));
    const exporter = await Exporter.start();
    try {
      const maps = mapsOf(exporter.loader.pid!);
      fillVcpuRows((table) => maps.get(table)!, crowd.vms);
      return [await standing(exporter, minutes, step)];
    } finally {
      await exporter.stop();
      await crowd.stop();
    }
  },
};

/** Who is asked for a text, and the processes that this keeps busy. */
interface Asked {
  url: string;
  pids: Partial<Each<number>>;
}

/** Node with the text that the exporter would write, as its floor. */
async function startFloor(
  exporter: Exporter,
): Promise<{ process: LocalProcess; asked: Asked; text: string }> {
  const text = await exporter.text('/metrics');
  const folder = mkdtempSync(join(tmpdir(), 'trapline-bench-'));
  const file = join(folder, 'metrics');
  writeFileSync(file, text);
  const program = ['--import', 'tsx', join(import.meta.dirname, 'standing/floor.ts'), file];
  const floor = new LocalProcess([process.execPath, ...SERVER_FLAGS, ...program].join(' '));
  const url = `http://127.0.0.1:${await floor.line()}`;
  rmSync(folder, { recursive: true });
  return { process: floor, asked: { url, pids: { floor: floor.pid } }, text };
}

async function standing(exporter: Exporter, minutes: number, step: BenchContext['step']): Promise<Result> {
  const floor = await startFloor(exporter);
  const asked: Asked[] = [
    { url: `${exporter.url}/metrics`, pids: { loader: exporter.loader.pid!, server: exporter.serverPid } },
    floor.asked,
  ];
  await step('Letting it settle', () => intervals(asked, SETTLING));
  const all = await step(`Scraping for ${minutes} min`, () => intervals(asked, minutes * 60));
  await floor.process.stop('TERM');
  const series = floor.text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
  const both = (figure: (interval: Interval) => number): number[] =>
    all.map(({ loader, server }) => figure(loader) + figure(server));
  const memory = both((interval) => interval.memory.pss);
  const third = Math.ceil(memory.length / 3);
  const growth = median(memory.slice(-third)) / median(memory.slice(0, third));
  const row = (name: string, figures: (figure: (interval: Interval) => number) => number[]) => ({
    name,
    cells: [
      measure(figures(({ all }) => all)),
      measure(figures(({ scrape }) => scrape)),
      measure(figures(({ memory }) => memory.pss)),
      measure(figures(({ memory }) => memory.rss)),
    ],
  });
  const rowOf = (name: Name) =>
    row(PROCESSES[name], (figure) => all.map((interval) => figure(interval[name])));
  return {
    bench: 'standing',
    ground: 'machine',
    machine: thisMachine(),
    tables: [
      {
        title: `${VMS} VMs of ${VCPUS} vCPUs, ${series} series, a compressed scrape every ${INTERVAL} s, ${minutes} min`,
        pairs: all.length,
        columns: ['% of a core', 'of which scrapes', 'memory, shared once, MB', 'RSS, MB'],
        rows: [rowOf('loader'), rowOf('server'), row('both', both), rowOf('floor')],
      },
    ],
    goals: [
      {
        ...goal('loader and server, of one core', 'at most', 0.2, measure(both(({ all }) => all)), '%'),
        floor: FLOOR,
      },
      goal('memory of loader and server, shared pages once', 'at most', 100, measure(memory), 'MB'),
      goal('memory in the last third of the time ÷ in the first', 'at most', 1.05, measure([growth])),
    ],
    plots: [
      {
        kind: 'lines',
        name: 'standing-memory',
        title: 'Memory, pages of both counted once',
        x: { label: 'min', scale: 'linear' },
        y: { label: 'MB', scale: 'linear' },
        series: [
          { name: 'loader and server', points: memory.map((mb, i) => [((i + 1) * INTERVAL) / 60, mb]) },
        ],
      },
    ],
    notes: [
      'The VMs are processes under the names of VMs, with sleeping threads, and their rows are filled as if they had exited: what is measured is the exporter, not the programs.',
      'Processor time is what the scheduler counted for all threads of the two processes; a scrape has the 2 s after its start. Memory is the proportional set size: both run the same node, whose code is there once.',
    ],
  };
}

const FLOOR =
  'Node that does nothing but serve the same text from memory takes what the last row says; the rest is what reads and writes ten thousand series, looks for VMs and samples them for the live page.';

/** One interval after another, each begun by a scrape as Prometheus makes it. */
async function intervals(asked: readonly Asked[], seconds: number): Promise<Each<Interval>[]> {
  const pids = Object.assign({}, ...asked.map((one) => one.pids)) as Each<number>;
  const names = Object.keys(PROCESSES) as Name[];
  const each = <T>(figure: (name: Name) => T) =>
    Object.fromEntries(names.map((name) => [name, figure(name)])) as Each<T>;
  const all: Each<Interval>[] = [];
  const percent = (ms: number): number => ms / (INTERVAL * 10);
  while (all.length * INTERVAL < seconds) {
    const start = each((name) => processorTime(pids[name]));
    const began = performance.now();
    const scrapes: Partial<Each<number>> = {};
    for (const [i, one] of asked.entries()) {
      await (await fetch(one.url, { headers: { 'Accept-Encoding': 'gzip' } })).text();
      await sleep((i + 1) * SCRAPE * 1000 - (performance.now() - began));
      for (const name of Object.keys(one.pids) as Name[])
        scrapes[name] = processorTime(pids[name]) - start[name];
    }
    await sleep(INTERVAL * 1000 - (performance.now() - began));
    all.push(
      each((name) => ({
        all: percent(processorTime(pids[name]) - start[name]),
        scrape: percent(scrapes[name]!),
        memory: memoryOf(pids[name]),
      })),
    );
  }
  return all;
}
