/**
 * Experiments on the emulated host: every method, on host and guest, killed at some moment and taken up again. The source and
 * the sensors say what was sent and what arrived; Trapline must find every frame between them.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CellResult, Monitor, Platform } from '../../experiment/src/results.js';
import { NICS, RUN, bootExperiment, resumeRun, startRun, type ExperimentBench } from '../experiment.js';
import type { Machine } from '../machine.js';
import type { LabProcess } from '../process.js';
import { SSH } from '../ssh.js';
import { kernelsFor } from './kernels.js';
import { total } from './metrics.js';

const METHODS = ['plain', 'v3', 'af-xdp', 'xdp'];

/** What emulated machines carry beside everything else. */
const RATE = 200;

const planOf = (platform: Platform, monitor: Monitor, size: number): string => `
factors:
  platform: [${platform}]
  method: [${METHODS.join(', ')}]
  monitor: ['${monitor}']
  flows: [${monitor === 'flow' ? 'multi' : 'single'}]
  size: [${size}]
replications: 1
duration: 2
interval: 1
load: { device: ${NICS.source}, rate: ${RATE} }
host: { device: ${NICS.receiver} }
guest: { shell: ${SSH}, device: eth0, vm: appliance, trapline: 'http://127.0.0.1:9819' }
`;

/** Milliseconds within which a run is killed: it takes longer. */
const KILLED_WITHIN = 40_000;
const PATIENCE = 500;

describe.each(kernelsFor('experiment'))('on Linux %s', (kernel) => {
  let bench: ExperimentBench;

  beforeAll(async () => {
    bench = await bootExperiment(kernel);
  });

  afterAll(async () => {
    await bench?.host.stop();
  });

  it.each([
    ['host', 'null', 64],
    ['guest', 'flow', 1518],
  ] as const)('accounts for every frame of every method: %s, %s', async (platform, monitor, size) => {
    const before = await states();
    const moment = Math.round(Math.random() * KILLED_WITHIN);
    console.log(`killed after ${moment} ms`);

    const killed = await startRun(bench.host, planOf(platform, monitor, size));
    await bench.host.must(`sleep ${moment / 1000}`);
    await bench.host.run(`kill -s KILL ${killed.pid}`);
    await killed.gone();
    const begun = (await bench.host.run(`test -e ${RUN}/environment.json`)).code === 0;
    const run = begun
      ? await resumeRun(bench.host)
      : await startRun(bench.host, planOf(platform, monitor, size));
    await run.gone({ timeout: PATIENCE });

    const results = await cellsOf(run);
    const flows = monitor === 'flow' ? 'multi' : 'single';
    const planned = METHODS.map((method) => `${platform}-${method}-${monitor}-${flows}-${size}-r1`);
    expect(results.map(({ cell }) => cell.id).sort()).toEqual(planned.sort());
    for (const { cell, offered, delivered, deliveredByTrapline, lost } of results) {
      const account = `${cell.id}: ${JSON.stringify({ offered, delivered, deliveredByTrapline, lost })}`;
      expect(delivered, account).toBeGreaterThan(0);
      expect(deliveredByTrapline, account).toBe(delivered);
      expect(delivered + total(lost), account).toBe(offered);
    }
    expect(await states()).toEqual(before);
  });

  /** What the run has stored; fails with what it said where it has stored nothing. */
  async function cellsOf(run: LabProcess): Promise<CellResult[]> {
    const { stdout } = await bench.host.run(`cat ${RUN}/cells/*.json`);
    if (stdout === '') throw new Error(`no cells: ${await run.output()}${await run.errors()}`);
    await bench.host.must(`rm -rf ${RUN}`);
    return JSON.parse(`[${stdout.replaceAll(/}\s*{/g, '},{')}]`) as CellResult[];
  }

  const states = (): Promise<string[]> => Promise.all([stateOf(bench.host), stateOf(bench.guest)]);
});

/** Interfaces, modules, what interrupts are pinned to, programs at XDP and the names of processes; of kernel threads pktgen's alone. */
const stateOf = (machine: Machine): Promise<string> =>
  machine.must(`
    ip -o link | cut -d ' ' -f 2-
    cut -d ' ' -f 1 /proc/modules | sort
    grep -H . /proc/irq/*/smp_affinity_list
    bpftool net
    ls /sys/fs/bpf /run
    ps -e -o comm=,args= | grep -v -e '\\[' -e ' ps ' -e agent.sh -e 'ssh:' | sort`);
