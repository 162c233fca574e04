import { hasModule, onlineCpus } from './probe.js';
import { BpfObject, type Link } from './object.js';
import { Refusal } from './refusal.js';
import { readRunStats, type RunStats } from './run_stats.js';
import type { Program, ProgramState, Signal } from './signal.js';

/** The descriptors of one signal. They are valid in the process that made them and in children that inherit them. */
export interface SignalHandles {
  /** By name of the table. */
  tables: Record<string, number>;
  /** By name of the iterator's program: the link to run it through. */
  iterators: Record<string, number>;
}

/** One program on its way to its hook. */
interface Attachment {
  program: Program;
  /** By the CPU whose clock fires the program; any other program has one, under 0. */
  links: Map<number, Link>;
  reason: string;
  /** The modules, or the CPUs, that were there at the last try: another try makes sense only with others. */
  triedWith: string | undefined;
}

/** One signal's part of what is attached. */
interface Attached {
  signal: Signal;
  /** Undefined where the kernel refused its tables. */
  object: BpfObject | undefined;
  attachments: Attachment[];
  teach?: (() => void) | undefined;
  /** Why it is to stay detached; empty otherwise. */
  heldOff: string;
  /** When its programs were last put back, in nanoseconds of CLOCK_MONOTONIC; 0 if they never were taken off. */
  resumedNs: bigint;
}

const NEVER_SUSPENDED = { heldOff: '', resumedNs: 0n };

/** What the kernel measured of one program. */
export interface ProgramRunStats {
  signal: string;
  program: string;
  /** Nanoseconds on all CPUs. */
  ns: number;
  runs: number;
}

/**
 * Everything this process has attached. It stays so while the process lives: nothing is pinned, so the kernel takes all
 * back when it dies, however it dies.
 */
export class Attachments {
  readonly #signals: readonly Attached[];

  /** Creates the tables of every signal; a signal whose tables the kernel refuses only says so. */
  constructor(signals: readonly Signal[], objectPath: (signal: Signal) => string) {
    this.#signals = signals.map((signal) => {
      const attachments = signal.programs.map((program): Attachment => ({
        program,
        links: new Map(),
        reason: '',
        triedWith: undefined,
      }));
      try {
        const object = new BpfObject(objectPath(signal), signal.perCpu);
        const teach = signal.teacher?.((table) => object.map(table));
        return { signal, object, attachments, teach, ...NEVER_SUSPENDED };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        for (const attachment of attachments) attachment.reason = error.message;
        return { signal, object: undefined, attachments, ...NEVER_SUSPENDED };
      }
    });
  }

  /** Attaches what is not attached yet and whose modules are there now. Returns whether anything changed. */
  attach(): boolean {
    const before = JSON.stringify(this.states());
    for (const signal of this.#signals) {
      const { object, attachments, heldOff } = signal;
      if (object && !heldOff && taught(signal))
        for (const attachment of attachments) tryAttach(object, attachment);
    }
    return JSON.stringify(this.states()) !== before;
  }

  states(): ProgramState[] {
    return this.#signals.flatMap(({ signal, attachments, heldOff, resumedNs }) =>
      attachments.map(({ program, links, reason }) => ({
        signal: signal.name,
        program: program.name,
        hook: program.hook,
        attached: links.size > 0,
        reason,
        suspended: heldOff !== '',
        resumedNs: Number(resumedNs),
      })),
    );
  }

  /** Takes what events and clocks fire off its hooks until `resume`; tables and iterators stay as they are. */
  suspend(name: string, reason: string): void {
    for (const attached of this.#signals.filter(({ signal }) => signal.name === name)) {
      attached.heldOff = reason;
      for (const attachment of attached.attachments.filter(isFired)) {
        for (const link of attachment.links.values()) link.end();
        attachment.links.clear();
        attachment.reason = reason;
        attachment.triedWith = undefined;
      }
    }
  }

  /** Lets `attach` put the signal's programs back, which then leave out what was under way when they were taken off. */
  resume(name: string): void {
    for (const attached of this.#signals.filter(({ signal }) => signal.name === name)) {
      attached.heldOff = '';
      attached.resumedNs = process.hrtime.bigint();
      if (attached.object) attached.object.resumedNs = attached.resumedNs;
    }
  }

  /**
   * What the kernel has measured of each attached program since it was loaded; see `startRunStats`. Iterators are left out:
   * they run in the process that reads them and are in its time already.
   */
  runStats(): ProgramRunStats[] {
    return this.#signals.flatMap(({ signal, attachments }) =>
      attachments.filter(isFired).map(({ program, links }) => {
        const programs = [...links.values()].map((link) => readRunStats(link.program));
        return { signal: signal.name, program: program.name, ...sumOf(programs) };
      }),
    );
  }

  /** Signals without tables are left out. */
  handles(): Record<string, SignalHandles> {
    const handles: Record<string, SignalHandles> = {};
    for (const { signal, object, attachments } of this.#signals) {
      if (!object) continue;
      const tables = Object.keys(signal.tables).map((name) => [name, object.map(name)]);
      const iterators = attachments
        .filter(({ program, links }) => program.iterator && links.size > 0)
        .map(({ program, links }) => [program.name, links.get(0)!.fd]);
      handles[signal.name] = { tables: Object.fromEntries(tables), iterators: Object.fromEntries(iterators) };
    }
    return handles;
  }
}

const isFired = ({ program }: Attachment): boolean => !program.iterator;

/** Several links may be of one program. */
function sumOf(programs: readonly RunStats[]): { ns: number; runs: number } {
  const distinct = [...new Map(programs.map((stats) => [stats.id, stats])).values()];
  return {
    ns: distinct.reduce((sum, { ns }) => sum + ns, 0),
    runs: distinct.reduce((sum, { runs }) => sum + runs, 0),
  };
}

/** Does the signal's own work; what it cannot do is the reason why its programs are not attached. */
function taught({ teach, attachments }: Attached): boolean {
  try {
    teach?.();
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    for (const attachment of attachments) attachment.reason = error.message;
    return false;
  }
}

function tryAttach(object: BpfObject, attachment: Attachment): void {
  const { program, links } = attachment;
  const link = links.get(0);
  if (link !== undefined && !program.iterator && program.hertz === undefined) return;
  const missing = program.modules.find((module) => ![module].flat().some(hasModule));
  if (missing !== undefined) {
    attachment.reason = `waits for the kernel module ${[missing].flat().join(' or ')}`;
    return;
  }
  if (program.hertz !== undefined) {
    followCpus(object, attachment, program.hertz);
    return;
  }
  const present = [program.modules, program.iterator?.reloadedFor ?? []].flat(3).filter(hasModule).join();
  if (attachment.triedWith === present) return;
  attachment.triedWith = present;
  try {
    if (link === undefined) links.set(0, object.attach(program));
    else object.replace(program, link.fd);
    attachment.reason = '';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    attachment.reason = error.message;
  }
}

/** The kernel ends a clock with its CPU and does not start it again when the CPU comes back. */
function followCpus(object: BpfObject, attachment: Attachment, hertz: number): void {
  const { program, links } = attachment;
  const online = onlineCpus();
  for (const [cpu, link] of links) {
    if (online.includes(cpu)) continue;
    link.end();
    links.delete(cpu);
  }
  if (attachment.triedWith === online.join()) return;
  attachment.triedWith = online.join();
  const missing = online.filter((cpu) => !links.has(cpu));
  try {
    if (missing.length > 0)
      for (const [cpu, link] of object.attachToClocks(program, hertz, missing)) links.set(cpu, link);
    attachment.reason = '';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    attachment.reason = error.message;
  }
}
