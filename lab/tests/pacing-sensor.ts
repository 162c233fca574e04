import { setTimeout as sleep } from 'node:timers/promises';
import type { Totals } from '../guests/capture-sensor.js';
import type { Machine } from '../machine.js';
import { Told } from './told.js';

/** 4096 frames of 2 KiB. */
const RING = '--method v2 --blocks 512';

/** A sensor that takes what waits in its ring as often as it is told, while the test goes on. */
export class PacingSensor {
  readonly #sensor: Told;
  readonly #taking: Promise<void>;
  #ended = false;

  private constructor(
    sensor: Told,
    private readonly pauses: Readonly<Record<'quick' | 'slow', number>>,
  ) {
    this.#sensor = sensor;
    this.#taking = this.#take();
    // Where nobody stops it, the end of its machine is no failure.
    this.#taking.catch(() => undefined);
  }

  /** How often it takes frames. */
  pace: 'quick' | 'slow' = 'quick';

  /** @param pauses seconds from one time to the next. */
  static async start(
    machine: Machine,
    name: string,
    pauses: Readonly<Record<'quick' | 'slow', number>>,
  ): Promise<PacingSensor> {
    const sensor = await Told.start(machine, 'capture-sensor', `--device eth0 ${RING} --name ${name}`);
    return new PacingSensor(sensor, pauses);
  }

  /** Its own count, once it takes frames no more. */
  async stop(): Promise<Totals> {
    this.#ended = true;
    await this.#taking;
    const totals = await this.#sensor.tell<Totals>('totals');
    await this.#sensor.stop();
    return totals;
  }

  async #take(): Promise<void> {
    for (let last = 0; !this.#ended; await sleep(500)) {
      if (performance.now() - last < this.pauses[this.pace] * 1000) continue;
      last = performance.now();
      await this.#sensor.tell('take');
    }
  }
}
