/** softflowd, a flow monitor on libpcap. */
import type { RunningProgram, Shell } from '../shell/shell.js';
import type { Sensor, SensorCount, SensorOrder } from './method.js';
import { onCpus } from './programs.js';
import { said } from './said.js';

const CONTROL = '/run/trapline-experiment.softflowd';
const MAX_FLOWS = 65536;

export async function startSoftflowd({ device, cpus, shell, changes }: SensorOrder): Promise<Sensor> {
  const files = `${CONTROL}.pid ${CONTROL}.control`;
  await changes.run(shell, { what: 'make room for softflowd', undo: `rm -f ${files}` }, `rm -f ${files}`);
  const command = `softflowd -d -i ${device} -m ${MAX_FLOWS} -p ${CONTROL}.pid -c ${CONTROL}.control`;
  const program = await changes.spawn(shell, `start softflowd on ${device}`, onCpus(cpus, command));
  await said(program, /starting data collection/);
  return new Softflowd(shell, program);
}

class Softflowd implements Sensor {
  readonly by = { process: 'softflowd', method: 'v3' } as const;

  constructor(
    private readonly shell: Shell,
    private readonly program: RunningProgram,
  ) {}

  async count(): Promise<SensorCount> {
    return statisticsIn(await this.shell.must(`softflowctl -c ${CONTROL}.control statistics`));
  }

  async stop(): Promise<SensorCount> {
    const last = await this.count();
    await this.program.signal('TERM');
    await this.program.gone();
    return last;
  }
}

/**
 * What it got by its own reading of libpcap's statistics. The packets it has *processed* are fewer: it asks libpcap for no
 * timeout, and so has the last block of its ring only when that is full.
 */
export function statisticsIn(text: string): SensorCount {
  const number = (name: string): number => {
    const [, digits] = new RegExp(`^Packets ${name} by libpcap: (\\d+)$`, 'm').exec(text) ?? [];
    if (digits === undefined) throw new Error(`softflowd says nothing of packets ${name}: ${text}`);
    return Number(digits);
  };
  const lost = number('dropped');
  return { delivered: number('received') - lost, lost };
}
