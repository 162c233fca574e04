/** A run, as a process of its own, that is killed where chance will have it, taken up again, killed again, and ends as if nothing had been. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { orderedCells } from '../plan/cells.js';
import { readPlan } from '../plan/read.js';
import { mulberry32 } from '../plan/random.js';
import type { CellResult } from '../results.js';
import { TAG } from '../shell/shell.js';
import { Journal } from './journal.js';
import { madeUpWorkshop } from './workshop.testing.js';

const PLAN = `factors: { platform: [host, guest], method: plain, monitor: [null, flow], flows: single, size: 64 }
replications: 1
seed: 7
duration: 0.4
interval: 0.1
warm_up: 1
cool_off: 1
load: { device: lo, rate: 1000 }
host: { device: lo }
guest: { shell: sh -c, device: lo, vm: appliance }
`;

let machines: string;
let planFile: string;
let folder: string;

beforeEach(() => {
  machines = mkdtempSync(join(tmpdir(), 'run-'));
  planFile = join(machines, 'plan.yaml');
  folder = join(machines, 'run');
  writeFileSync(planFile, PLAN);
});

afterEach(() => {
  rmSync(machines, { recursive: true });
});

const start = (...args: string[]): ChildProcess =>
  spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'run.testing.ts'), machines, ...args],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );

/** How the run ended and what it told. */
async function end(
  child: ChildProcess,
): Promise<{ code: number | null; signal: string | null; told: string }> {
  const [told, [code, signal]] = await Promise.all([
    text(child.stderr!),
    once(child, 'exit') as Promise<[number | null, string | null]>,
  ]);
  return { code, signal, told };
}

const begun = (): boolean => existsSync(join(folder, 'environment.json'));

/** Takes the run up until it is killed at that step, or to its end. */
const go = (steps?: number): ReturnType<typeof end> => {
  const rest = steps === undefined ? [] : [String(steps)];
  return end(begun() ? start('resume', folder, ...rest) : start('run', planFile, ...rest));
};

/** What is left of the changes on both machines. */
const leftovers = (): string[] => ['host', 'guest'].flatMap((name) => readdirSync(join(machines, name)));

/** Programs of this run that still live. */
function programs(): string[] {
  const tags =
    readFileSync(join(folder, 'journal.jsonl'), 'utf8').match(new RegExp(`${TAG}=[0-9a-f]+`, 'g')) ?? [];
  const environs = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      } catch {
        return [];
      }
    });
  return tags.filter((tag) => environs.some((environ) => environ.includes(tag)));
}

function expectWholeRun(): void {
  const workshop = madeUpWorkshop(machines);
  const cells = orderedCells(readPlan(PLAN, 'p', workshop).plan, workshop.methods, 7);
  expect(readdirSync(join(folder, 'cells')).sort()).toEqual(cells.map(({ id }) => `${id}.json`).sort());
  for (const [order, cell] of cells.entries()) {
    const path = join(folder, 'cells', `${cell.id}.json`);
    const result = JSON.parse(readFileSync(path, 'utf8')) as CellResult;
    expect(result).toMatchObject({ cell, order, offered: 500, delivered: 450, deliveredByTrapline: 450 });
    expect(result.lost).toEqual({ tap: 50 });
    expect(result.samples.map(({ offered, kept }) => [offered, kept])).toEqual([
      [100, false],
      [100, true],
      [100, true],
      [100, false],
    ]);
    expect(result.cost).toMatchObject({ exits: { io: 540 }, kicks: 200 });
  }
  expectClean();
}

function expectClean(): void {
  expect(leftovers()).toEqual([]);
  expect(programs()).toEqual([]);
  expect(new Journal(join(folder, 'journal.jsonl')).open).toEqual([]);
}

describe('a run', () => {
  it.each([1, 2, 3])(
    'killed at chance steps (%i) ends with the same cells and leaves nothing',
    async (seed) => {
      const chance = mulberry32(seed);
      for (let kills = 0; kills < 4; kills++) {
        const { code, signal } = await go(1 + Math.floor(chance() * 80));
        if (code === 0) break;
        expect(signal).toBe('SIGKILL');
      }
      const { code, told } = await go();
      expect(told).toContain('Report: none');
      expect(code).toBe(0);
      expectWholeRun();
    },
    120_000,
  );

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'ends in good order at %s, and can be taken up again',
    async (signal) => {
      const child = start('run', planFile);
      const ended = end(child);
      await until(() => /"phase":"collect"/.test(journalText()));
      child.kill(signal);
      const { code, told } = await ended;
      expect(code).toBe(130);
      expect(told).toContain(`Go on with trapline experiment resume ${folder}.`);
      expectClean();
      expect((await go()).code).toBe(0);
      expectWholeRun();
    },
    120_000,
  );

  it('ends in good order when its terminal ends', async () => {
    const child = start('run', planFile);
    await until(() => /"phase":"collect"/.test(journalText()));
    child.stderr!.destroy();
    child.kill('SIGHUP');
    expect(await once(child, 'exit')).toEqual([130, null]);
    expectClean();
  }, 120_000);

  it('is left at once at the second signal, which says what is left, and clean takes it back', async () => {
    const child = start('run', planFile);
    const ended = end(child);
    await until(() => /"phase":"collect"/.test(journalText()));
    child.kill('SIGINT');
    child.kill('SIGTERM');
    const { code, told } = await ended;
    expect(code).toBe(130);
    expect(told).toContain('start pktgen (host)');
    expect(told).toContain(`trapline experiment clean ${folder}`);
    expect(leftovers()).not.toEqual([]);
    const cleaned = await end(start('clean', folder));
    expect(cleaned.code).toBe(0);
    expectClean();
  }, 120_000);

  it('is not taken up while it goes on', async () => {
    const child = start('run', planFile);
    const ended = end(child);
    await until(begun);
    const { code, told } = await end(start('resume', folder));
    expect(code).toBe(2);
    expect(told).toContain(`Process ${child.pid} is at work in ${folder}.`);
    child.kill('SIGINT');
    await ended;
  }, 120_000);
});

function journalText(): string {
  return begun() && existsSync(join(folder, 'journal.jsonl'))
    ? readFileSync(join(folder, 'journal.jsonl'), 'utf8')
    : '';
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(20);
}
