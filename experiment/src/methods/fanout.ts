/** AF_PACKET with rings of version 3 that share the frames of a device by flow: one netsniff-ng for each CPU. */
import type { RunningProgram } from '../shell/shell.js';
import type { Method, Sensor, SensorCount, SensorOrder } from './method.js';
import { lookFor, onCpus } from './programs.js';
import { said } from './said.js';

/** Of the fanout group; any that nobody else on the machine uses. */
const GROUP = 2012;
const FEWEST = 2;

export const fanout: Method = {
  name: 'fanout',
  title: 'AF_PACKET V3 rings with fanout (netsniff-ng)',
  monitors: ['null'],
  detect: (shell) =>
    lookFor(shell, [{ program: 'netsniff-ng', version: 'netsniff-ng --version', debian: 'netsniff-ng' }]),

  async start(order) {
    const online = Array.from({ length: Number(await order.shell.must('nproc')) }, (_, cpu) => cpu);
    const cpus = order.cpus ?? online;
    const members = Array.from({ length: Math.max(FEWEST, cpus.length) }, (_, i) => cpus[i % cpus.length]!);
    const programs: RunningProgram[] = [];
    for (const cpu of members) programs.push(await startMember(order, cpu));
    return new Fanout(programs);
  },
};

/** It is kept from what it else does to a machine: longer socket buffers, other CPUs for the interrupts of its NIC. */
async function startMember({ shell, device, changes }: SensorOrder, cpu: number): Promise<RunningProgram> {
  const options = `--silent --no-sock-mem --notouch-irq --fanout-group ${GROUP} --fanout-type hash`;
  const command = `netsniff-ng --in ${device} --out /dev/null ${options}`;
  const program = await changes.spawn(shell, `start netsniff-ng on ${device}`, onCpus([cpu], command));
  await said(program, /Running!/);
  return program;
}

class Fanout implements Sensor {
  readonly by = { process: 'netsniff-ng', method: 'v3' } as const;

  constructor(private readonly programs: readonly RunningProgram[]) {}

  /** It says nothing until it ends. */
  count = () => Promise.resolve(undefined);

  async stop(): Promise<SensorCount> {
    const counts = await Promise.all(this.programs.map(endMember));
    return {
      delivered: counts.reduce((sum, { delivered }) => sum + delivered, 0),
      lost: counts.reduce((sum, { lost }) => sum + lost, 0),
    };
  }
}

async function endMember(program: RunningProgram): Promise<Required<SensorCount>> {
  await program.signal('INT');
  await program.gone();
  return said(program, lastCountIn);
}

/** What netsniff-ng writes when it ends; undefined without that. */
export function lastCountIn(text: string): Required<SensorCount> | undefined {
  const [, passed] = /(\d+)\s+packets passed filter/.exec(text) ?? [];
  const [, lost] = /(\d+)\s+packets failed filter/.exec(text) ?? [];
  return passed === undefined || lost === undefined
    ? undefined
    : { delivered: Number(passed), lost: Number(lost) };
}
