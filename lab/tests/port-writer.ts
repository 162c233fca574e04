/** The port writer inside the emulated host. */
import { guestNameArguments } from '../guests/guest-name.js';
import type { PortWriterResult } from '../guests/port-writer.js';
import type { LabHost } from '../host.js';
import type { LabProcess } from '../process.js';

/** A port writer that waits inside the emulated host. */
export class LabPortWriter {
  readonly process: LabProcess;
  #rounds = 0;

  private constructor(process: LabProcess) {
    this.process = process;
  }

  /** Starts it and waits until its VM is set up; no exit has happened then. */
  static async start(host: LabHost, name: string): Promise<LabPortWriter> {
    const program = 'node --import tsx lab/guests/port-writer.ts --wait --writes 0';
    const process = await host.spawn([program, ...guestNameArguments(name)].join(' '));
    await process.line(1);
    return new LabPortWriter(process);
  }

  /** Makes so many port writes and one halt, and interrupts the guest so many times after each write. */
  async write(writes: number, interruptions = 0): Promise<PortWriterResult> {
    await this.process.writeLine(`${writes} ${interruptions}`);
    this.#rounds++;
    return JSON.parse(await this.process.line(1 + this.#rounds)) as PortWriterResult;
  }
}
