/** The sensor of our own (sensor/main.ts), as two methods: plain and af-xdp. */
import { fileURLToPath } from 'node:url';
import type { RunningProgram, Shell } from '../shell/shell.js';
import { quote } from '../shell/quote.js';
import type { CapturedBy, Presence, Sensor, SensorCount, SensorOrder } from './method.js';
import { hearAll, lookFor, onCpus } from './programs.js';
import { said } from './said.js';

const MAIN = fileURLToPath(new URL('../sensor/main.js', import.meta.url));
const COUNT = '/run/trapline-experiment.count';

/** It runs where node does and this Trapline is installed under the same path. */
export async function detectOwnSensor(shell: Shell): Promise<Presence> {
  const node = await lookFor(shell, [{ program: 'node', version: 'node --version', debian: 'nodejs' }]);
  if (!node.present || (await shell.run(`test -e ${quote(MAIN)}`)).code === 0) return node;
  return { present: false, remedy: `Install Trapline there so that ${MAIN} exists.` };
}

/** `method` as the sensor calls it. */
export async function startOwnSensor(method: 'plain' | 'af_xdp', order: SensorOrder): Promise<Sensor> {
  const { cell, device, cpus, shell, changes } = order;
  await hearAll(order);
  await changes.run(shell, { what: 'make room for a count', undo: `rm -f ${COUNT}` }, `rm -f ${COUNT}`);
  const flows = cell.monitor === 'flow' ? ' --flows' : '';
  const command = `node ${quote(MAIN)} --method ${method} --device ${device} --count ${COUNT}${flows}`;
  const program = await changes.spawn(
    shell,
    `start a sensor (${method}) on ${device}`,
    onCpus(cpus, command),
  );
  await said(program, /^ready$/m);
  const by = { process: 'trapline-sensor', method: method === 'plain' ? 'plain' : 'xdp' } as const;
  return new OwnSensor(by, shell, program);
}

class OwnSensor implements Sensor {
  constructor(
    readonly by: CapturedBy,
    private readonly shell: Shell,
    private readonly program: RunningProgram,
  ) {}

  async count(): Promise<SensorCount> {
    return { delivered: Number(await this.shell.must(`od -A n -t f8 -N 8 ${COUNT}`)) };
  }

  async stop(): Promise<SensorCount> {
    const last = await this.count();
    await this.program.signal('TERM');
    await this.program.gone();
    return last;
  }
}
