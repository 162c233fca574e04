/** What can be done on any machine of the lab, the emulated host or an appliance inside it. */
import { dirname } from 'node:path';
import type { Outcome } from './agent.js';
import { quote } from './command.js';
import { LabProcess } from './process.js';

/** A machine that runs commands. */
export abstract class Machine {
  /** Runs a bash command there and waits for it, for at most `timeout` seconds. Throws only when the machine ends. */
  abstract run(command: string, options?: { timeout?: number }): Promise<Outcome>;

  /** What a command wrote to stdout. Throws when it fails. */
  async must(command: string, options: { timeout?: number } = {}): Promise<string> {
    const { stdout, stderr, code } = await this.run(command, options);
    if (code !== 0) throw new Error(`in the lab, exit code ${code} from ${command}\n${stderr}${stdout}`);
    return stdout;
  }

  /** Writes a file there. */
  async put(path: string, text: string): Promise<void> {
    const encoded = Buffer.from(text).toString('base64');
    await this.must(`mkdir -p ${quote(dirname(path))} && base64 -d <<< ${encoded} > ${quote(path)}`);
  }

  /** Starts a command there and lets it run. */
  spawn(command: string): Promise<LabProcess> {
    return LabProcess.start(this, command);
  }
}
