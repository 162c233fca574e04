/** What is said before anything is touched, on this machine: it has lo, and no 4096 CPUs. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runPlan } from '../commands/run.js';
import { Failure } from '../failure.js';
import type { Environment } from '../results.js';
import { madeUpWorkshop, type Mishaps } from './workshop.testing.js';

const PLAN = `factors:
  platform: [host, guest]
  method: [plain, kernel]
  monitor: null
  flows: single
  size: 64
replications: 1
duration: 0.1
interval: 0.1
load:
  device: lo
  rate: 1000
host:
  device: lo
guest:
  shell: sh -c
  device: lo
  vm: appliance
`;

let machines: string;

beforeEach(() => {
  machines = mkdtempSync(join(tmpdir(), 'check-'));
});

afterEach(() => {
  rmSync(machines, { recursive: true });
});

const folder = (): string => join(machines, 'run');

async function go(plan: string, mishaps: Mishaps = {}): Promise<number> {
  const file = join(machines, 'p.yaml');
  writeFileSync(file, plan);
  return runPlan(file, { dir: folder(), seed: 1 }, madeUpWorkshop(machines, mishaps));
}

/** Fails where the plan is run, or anything was touched. */
async function failureOf(plan: string, mishaps: Mishaps = {}): Promise<Failure> {
  const failure = await go(plan, mishaps).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(Failure);
  expect(existsSync(folder())).toBe(false);
  for (const machine of ['host', 'guest']) expect(readdirSync(join(machines, machine))).toEqual([]);
  return failure as Failure;
}

describe('before anything is touched', () => {
  it.each([
    [
      /device: lo\n {2}rate/,
      'device: l0\n  rate',
      '11:11: There is no interface l0 on the host; did you mean lo?',
    ],
    [/lo\n {2}vm/, 'lo1\n  vm', '17:11: There is no interface lo1 on the guest; did you mean lo?'],
    [/$/, 'pinning:\n  load: [0, 4095]', '20:9: CPU 4095 is not online on the host; online: '],
    [/$/, 'pinning: { sensor: { guest: 4095 } }', '19:29: CPU 4095 is not online on the guest; online: '],
    [/$/, 'pinning:\n  interrupts: 0', '20:15: lo has no interrupt that could be pinned; leave this out.'],
    [/$/, 'pinning:\n  vcpu: 0', '20:9: The VM appliance has no vCPU thread that has run yet.'],
    [/$/, 'pinning:\n  vhost: 0', '20:10: The VM appliance has no vhost worker; '],
  ])('is refused: %s replaced by %j', async (part, replacement, complaint) => {
    const { message, exitCode } = await failureOf(PLAN.replace(part, replacement));
    expect(message).toContain(`${machines}/p.yaml:${complaint}`);
    expect(message.split('\n')).toHaveLength(1);
    expect(exitCode).toBe(7);
  });

  it('is refused what Trapline cannot count, at the line of its address or of its machine', async () => {
    const complaints = [
      'The collector path is off. Start trapline serve with --collector.path.',
      'And more.',
    ];
    const { message } = await failureOf(PLAN, { complaints });
    expect(message.split('\n')).toEqual(complaints.map((text) => `${machines}/p.yaml:13:1: ${text}`));
    const address = PLAN.replace('guest:', '  trapline: http://127.0.0.1:1\nguest:').replace(
      /$/,
      'pinning: { vcpu: 0 }',
    );
    expect((await failureOf(address, { complaints })).message).toContain('p.yaml:15:13: The collector path');
  });

  it('needs a guest that answers as root', async () => {
    const { message } = await failureOf(PLAN, { guest: 'No route to host.' });
    expect(message).toContain('p.yaml:16:10: The guest cannot be reached: No route to host.');
  });

  it('needs root', async () => {
    const { message, remedy, exitCode } = await failureOf(PLAN, { uid: 1000 });
    expect(`${message} ${remedy}`).toMatch(/only root may. Run it as root/);
    expect(exitCode).toBe(3);
  });

  it('needs one method at least', async () => {
    const { message, remedy, exitCode } = await failureOf(PLAN, { absent: ['plain', 'kernel'] });
    expect(message).toBe('None of the methods of the plan is installed.');
    expect(remedy).toBe('On the host: Install plain.');
    expect(exitCode).toBe(7);
  });

  it('needs a directory of its own', async () => {
    writeFileSync(join(machines, 'p.yaml'), PLAN);
    await expect(
      runPlan(join(machines, 'p.yaml'), { dir: machines }, madeUpWorkshop(machines)),
    ).rejects.toThrow('is there already and not empty');
  });
});

describe('a run', () => {
  it('leaves out a method that is not installed, and says so', async () => {
    expect(await go(PLAN, { absent: ['kernel'] })).toBe(0);
    expect(readdirSync(join(folder(), 'cells')).sort()).toEqual([
      'guest-plain-null-single-64-r1.json',
      'host-plain-null-single-64-r1.json',
    ]);
    const environment = JSON.parse(readFileSync(join(folder(), 'environment.json'), 'utf8')) as Environment;
    expect(environment).toMatchObject({
      seed: 1,
      absent: [
        { method: 'kernel', remedy: 'On the host: Install kernel.' },
        { method: 'kernel', remedy: 'On the guest: Install kernel.' },
      ],
    });
    expect(environment.host.programs).toEqual({ plain: '1' });
    expect(readFileSync(join(folder(), 'plan.yaml'), 'utf8')).toBe(PLAN);
  }, 30_000);

  it('goes on after a cell that fails, takes back what it left, and tries it again at the end', async () => {
    const { told, code, tried } = await failing(1);
    expect(code).toBe(0);
    expect(told).toContain('guest-kernel-null-single-64-r1 failed: no such program');
    expect(tried).toHaveLength(5);
    expect(tried.at(-1)).toBe('guest-kernel-null-single-64-r1');
    expect(readdirSync(join(folder(), 'cells'))).toHaveLength(4);
  }, 30_000);

  it('is incomplete when it fails again', async () => {
    const { code, told } = await failing(2);
    expect(code).toBe(8);
    expect(told).toContain(`Go on with trapline experiment resume ${folder()}.`);
    expect(readdirSync(join(folder(), 'cells'))).toHaveLength(3);
  }, 30_000);

  /** A run in which one cell fails so often. `tried`: cells in the order they were begun. */
  async function failing(times: number): Promise<{ code: number; told: string; tried: string[] }> {
    const told: string[] = [];
    const tried: string[] = [];
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => (told.push(String(text)), true));
    const code = await go(PLAN, {
      loading: (id) => {
        tried.push(id);
        if (id.startsWith('guest-kernel') && times-- > 0) throw new Error('no such program');
      },
    });
    vi.restoreAllMocks();
    for (const machine of ['host', 'guest']) expect(readdirSync(join(machines, machine))).toEqual([]);
    return { code, told: told.join(''), tried };
  }
});
