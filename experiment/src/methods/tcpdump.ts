/** tcpdump, which counts and throws away: libpcap's ring of version 3 with nothing behind it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningProgram } from '../shell/shell.js';
import type { Sensor, SensorCount, SensorOrder } from './method.js';
import { onCpus } from './programs.js';
import { PATIENCE_SECONDS, said } from './said.js';

/** Bytes of a frame that are copied: the headers of every protocol the study looked at. */
const SNAP_LENGTH = 128;

export async function startTcpdump({ device, cpus, shell, changes }: SensorOrder): Promise<Sensor> {
  const command = `tcpdump -Z root -n -i ${device} -s ${SNAP_LENGTH} -w /dev/null`;
  const program = await changes.spawn(shell, `start tcpdump on ${device}`, onCpus(cpus, command));
  await said(program, /listening on/);
  return new Tcpdump(program);
}

class Tcpdump implements Sensor {
  readonly by = { process: 'tcpdump', method: 'v3' } as const;
  /** How often it has said its count. */
  #told = 0;

  constructor(private readonly program: RunningProgram) {}

  async count(): Promise<TcpdumpCount> {
    await this.program.signal('USR1');
    return this.#next();
  }

  /** Its last frames wait in a block of the ring that is not full; libpcap's timeout hands it over after a second. */
  async stop(): Promise<SensorCount> {
    const end = performance.now() + PATIENCE_SECONDS * 1000;
    while ((await this.count()).waiting > 0 && performance.now() < end) await sleep(200);
    await this.program.signal('INT');
    await this.program.gone();
    return this.#next();
  }

  #next(): Promise<TcpdumpCount> {
    const wanted = this.#told++;
    return said(this.program, (text) => countsIn(text)[wanted]);
  }
}

interface TcpdumpCount extends SensorCount {
  /** Frames that are in its ring, and not yet read. */
  waiting: number;
}

/** Each count that tcpdump has written, on one line when it was asked and on three when it ends. */
export function countsIn(text: string): TcpdumpCount[] {
  const count = /(\d+) packets? captured[,\s]+(\d+) packets? received by filter[,\s]+(\d+) packets? dropped/g;
  return [...text.matchAll(count)].map(([, ...numbers]) => {
    const [delivered, received, lost] = numbers.map(Number) as [number, number, number];
    return { delivered, lost, waiting: received - lost - delivered };
  });
}
