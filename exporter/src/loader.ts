/**
 * The privileged process: loads and attaches the eBPF programs, hands the tables to an unprivileged server and stays only
 * to attach what must wait for its kernel module. It opens no socket and reads nothing from outside.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { modules } from './collectors/catalogue.js';
import { CostControl } from './cost/index.js';
import { captureDescription } from './collectors/capture/collector.js';
import { LOADER_PIPE, type LoaderMessage } from './handover.js';
import { Attachments, type Signal, type SignalHandles } from './kernel/index.js';
import { NfQueues } from './machine/index.js';
import { keepHeapSmall, releaseMemory } from './memory.js';
import type { ServeOptions } from './options.js';
import { demandRequirements } from './preflight.js';
import { restrictChildren } from './privileges.js';

/** What the enabled collectors need attached. */
export const signalsOf = (collectors: readonly string[]): Signal[] =>
  modules
    .filter(({ description }) => collectors.includes(description.name))
    .flatMap(({ signals }) => signals);

export const objectPath = (signal: Signal): string =>
  join(import.meta.dirname, '../../bpf/prebuilt', `${signal.name}.bpf.o`);

/** How often to look for modules that have come. */
const MODULE_POLL_MS = 5_000;

/** How often to look what the queues of netfilter have lost. */
const QUEUE_POLL_MS = 1_000;

/** From the end of one measurement of what the programs cost to the start of the next: long where nothing is decided by it. */
const COST_PAUSE_MS = { withBudget: 9_000, without: 29_000 };

/** Runs until the server ends and returns its exit code. Throws `Failure` where the machine lacks something. */
export async function load(options: ServeOptions): Promise<number> {
  keepHeapSmall();
  const signals = signalsOf(options.collectors);
  if (signals.length > 0) demandRequirements();
  const attachments = new Attachments(signals, objectPath);
  attachments.attach();
  releaseMemory();

  restrictChildren();
  const server = startServer(attachments.handles());
  const pipe = server.stdio[LOADER_PIPE] as Writable;
  pipe.on('error', () => {}); // the server is gone; its exit says why
  const tell = (message: LoaderMessage): void => void pipe.write(`${JSON.stringify(message)}\n`);
  const tellStates = (): void => tell({ type: 'programs', states: attachments.states() });
  tell({ type: 'start', options, signals: inherited(attachments.handles()) });
  tellStates();
  const pause = COST_PAUSE_MS[options.costBudget === undefined ? 'without' : 'withBudget'];
  if (signals.length > 0)
    void controlCost(new CostControl(attachments, signals, options.costBudget), pause, tell, tellStates);
  const poll = setInterval(() => attachments.attach() && tellStates(), MODULE_POLL_MS);
  const queuePoll = options.collectors.includes(captureDescription.name) ? followQueues(tell) : undefined;

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => server.kill('SIGTERM'));
  const code = await exitOf(server);
  clearInterval(poll);
  clearInterval(queuePoll);
  return code;
}

/** Tells of the queues of netfilter, at once and when something has changed. */
function followQueues(tell: (message: LoaderMessage) => void): NodeJS.Timeout {
  const reader = new NfQueues();
  let told = '[]';
  const look = (): void => {
    const queues = reader.read();
    const now = JSON.stringify(queues);
    if (now !== told) tell({ type: 'queues', queues });
    told = now;
  };
  look();
  return setInterval(look, QUEUE_POLL_MS);
}

/** Goes on while this process lives, or until the kernel refuses to measure. */
async function controlCost(
  control: CostControl,
  pause: number,
  tell: (message: LoaderMessage) => void,
  tellStates: () => void,
): Promise<void> {
  try {
    for (;;) {
      const { report, changed } = await control.step();
      tell({ type: 'cost', report });
      if (changed) tellStates();
      await sleep(pause, undefined, { ref: false });
    }
  } catch (error) {
    tell({ type: 'unmeasured', reason: error instanceof Error ? error.message : String(error) });
  }
}

/** The server gets the descriptors of every table and iterator behind its own pipe. */
function startServer(handles: Record<string, SignalHandles>): ChildProcess {
  return spawn(process.execPath, [...SERVER_FLAGS, join(import.meta.dirname, 'server.js')], {
    stdio: ['ignore', 'inherit', 'inherit', 'pipe', ...descriptorsOf(handles)],
    // Compressing takes turns among threads; a heap for each of them would stay.
    env: { NODE_ENV: 'production', MALLOC_ARENA_MAX: '1' },
  });
}

/**
 * A nursery about as large as what a scrape of a hundred VMs leaves, so that little of it grows old, a heap that is not searched for garbage
 * just because nothing happens, and no helpers: waking them takes more than they save, of processors that belong to VMs.
 */
export const SERVER_FLAGS: readonly string[] = [
  '--min-semi-space-size=8',
  '--max-semi-space-size=8',
  '--no-memory-reducer',
  '--single-threaded-gc',
];

const descriptorsOf = (handles: Record<string, SignalHandles>): number[] =>
  Object.values(handles).flatMap(({ tables, iterators }) => [
    ...Object.values(tables),
    ...Object.values(iterators),
  ]);

/** The same handles under the numbers they have in the server. */
function inherited(handles: Record<string, SignalHandles>): Record<string, SignalHandles> {
  let next = LOADER_PIPE + 1;
  const renumber = (fds: Record<string, number>): Record<string, number> =>
    Object.fromEntries(Object.keys(fds).map((name) => [name, next++]));
  return Object.fromEntries(
    Object.entries(handles).map(([signal, { tables, iterators }]) => [
      signal,
      { tables: renumber(tables), iterators: renumber(iterators) },
    ]),
  );
}

function exitOf(server: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', (code, signal) => resolve(code ?? 128 + (signal === 'SIGKILL' ? 9 : 15)));
  });
}
