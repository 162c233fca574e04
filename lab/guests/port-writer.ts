/**
 * A guest that makes exactly the VM exits it is asked for: N port writes and one halt a round.
 *
 *     npx tsx lab/guests/port-writer.ts --writes 1000 [--name NAME] [--hold SECONDS] [--wait]
 *
 * With --wait it prints "ready", makes the N writes upon a line on stdin, or as many as the line says, answers each
 * line with a line of JSON, and stays until stdin ends or SECONDS are over. A second number in the line is how many times the
 * VMM interrupts the guest after each write (`immediate_exit`).
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';
import { realpathSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { guestNameArguments, nameProcessAsGuest } from './guest-name.js';
import { TinyVm, type RunResult } from './tiny-vm.js';

/** One round: how many writes were asked for, and what the VMM saw. */
export interface PortWriterResult extends RunResult {
  writes: number;
  /** When the VMM saw the halt, in seconds of the machine's monotonic clock. */
  haltedAt: number;
  pid: number;
}

/** A running port writer that waits to be told. */
export class PortWriter {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcessByStdio<Writable, Readable, null>, lines: Interface) {
    this.#child = child;
    this.#lines = lines[Symbol.asyncIterator]();
  }

  /** Starts a VM in a process of its own. Throws when it ends before it is ready; its stderr is ours. */
  static async start(name?: string): Promise<PortWriter> {
    const self = fileURLToPath(import.meta.url);
    const loader = self.endsWith('.ts') ? ['--import', import.meta.resolve('tsx')] : [];
    const argv = [...loader, self, '--wait', '--writes', '0', ...guestNameArguments(name)];
    const child = spawn(process.execPath, argv, { stdio: ['pipe', 'pipe', 'inherit'] });
    const writer = new PortWriter(child, createInterface(child.stdout));
    const greeting = await writer.#nextLine();
    if (greeting !== 'ready') throw new Error(`the port writer said ${greeting}`);
    return writer;
  }

  /** The process that holds the VM; its main thread is the vCPU. */
  get pid(): number {
    return this.#child.pid!;
  }

  /** Makes the guest write `writes` times and halt once. After each write the VMM interrupts it `interruptions` times. */
  async write(writes: number, interruptions = 0): Promise<PortWriterResult> {
    this.#child.stdin.write(`${writes} ${interruptions}\n`);
    return JSON.parse(await this.#nextLine()) as PortWriterResult;
  }

  /** Ends the VM and its process; resolves when the process is gone. */
  async stop(): Promise<void> {
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.stdin.end();
    await gone;
  }

  async #nextLine(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error('the port writer ended');
    return value;
  }
}

/** Runs a VM through `writes` port writes and one halt in a process of its own that is gone afterwards. */
export async function runPortWriter({
  writes,
  name,
}: {
  writes: number;
  name?: string;
}): Promise<PortWriterResult> {
  const writer = await PortWriter.start(name);
  try {
    return await writer.write(writes);
  } finally {
    await writer.stop();
  }
}

function round(vm: TinyVm, writes: number, interruptions = 0): string {
  if (![writes, interruptions].every((number) => Number.isInteger(number) && number >= 0))
    throw new Error('the number of writes must be a whole number, and that of interruptions');
  const exits = vm.run(writes, interruptions);
  const haltedAt = Number(process.hrtime.bigint()) / 1e9;
  const result: PortWriterResult = { writes, ...exits, haltedAt, pid: process.pid };
  return JSON.stringify(result);
}

async function answerLines(vm: TinyVm, writes: number): Promise<void> {
  console.log('ready');
  for await (const line of createInterface(process.stdin)) {
    const [asked = writes, interruptions] = line.split(' ').filter(Boolean).map(Number);
    console.log(round(vm, asked, interruptions));
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      writes: { type: 'string', default: '1000' },
      name: { type: 'string' },
      hold: { type: 'string' },
      wait: { type: 'boolean', default: false },
    },
    args: nameProcessAsGuest(),
  });
  const vm = new TinyVm();
  const writes = Number(values.writes);
  if (!values.wait) {
    console.log(round(vm, writes));
    await sleep(Number(values.hold ?? 0) * 1000);
  } else {
    const limit = values.hold === undefined ? [] : [sleep(Number(values.hold) * 1000)];
    await Promise.race([answerLines(vm, writes), ...limit]);
  }
  process.exit();
}

if (realpathSync(process.argv[1] ?? '') === fileURLToPath(import.meta.url)) await main();
