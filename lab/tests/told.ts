import { guestProgram } from '../compile.js';
import type { Machine } from '../machine.js';
import type { LabProcess } from '../process.js';

/** A program of lab/guests that says one line when it is ready and answers every line with one line of JSON. */
export class Told {
  #answers = 0;

  private constructor(private readonly process: LabProcess) {}

  /** Starts the program by its name and waits until it is ready. `prefix` is what the command begins with. */
  static async start(machine: Machine, program: string, options: string, prefix = ''): Promise<Told> {
    const process = await machine.spawn(`${prefix} node ${await guestProgram(program)} ${options}`);
    await process.line(1, { timeout: 240 });
    return new Told(process);
  }

  async tell<T>(line: string): Promise<T> {
    await this.process.writeLine(line);
    this.#answers++;
    return JSON.parse(await this.process.line(1 + this.#answers)) as T;
  }

  /** Ends it without another reading. */
  stop(): Promise<void> {
    return this.process.stop('KILL');
  }
}
