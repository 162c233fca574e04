/** The terminal of `npm run lab` as a shell of the emulated host. */
import { createInterface } from 'node:readline';
import type { LabHost } from './host.js';

type Maybe<Stream> = Stream & { isTTY?: boolean };

/** Seconds that a command may take; then it is ended, unless it was put in the background. */
const PATIENCE = 60;

/** Runs each line inside, one after the other, and writes what it said. Between two terminals it prompts for the next one. */
export async function takeCommands(
  host: LabHost,
  input: Maybe<NodeJS.ReadableStream>,
  output: Maybe<NodeJS.WritableStream>,
): Promise<void> {
  const terminal = input.isTTY === true && output.isTTY === true;
  const lines = createInterface({ input, prompt: 'lab# ', ...(terminal ? { output } : {}) });
  // A terminal that edits lines keeps Ctrl-C for itself.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  if (terminal) lines.prompt();
  for await (const line of lines) {
    if (line.trim() !== '') output.write(await answer(host, line));
    if (terminal) lines.prompt();
  }
}

async function answer(host: LabHost, command: string): Promise<string> {
  const { stdout, stderr, code } = await host.run(command, { timeout: PATIENCE });
  return `${stdout}${stderr}${code === 0 ? '' : `exit code ${code}\n`}`;
}
