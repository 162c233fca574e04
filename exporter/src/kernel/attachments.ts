import { hasModule, onlineCpus } from './probe.js';
import { BpfObject } from './object.js';
import { Refusal } from './refusal.js';
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
  link: number | undefined;
  /** Of a program that clocks fire: how to end its link on each CPU. */
  clocks: Map<number, () => void>;
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
        link: undefined,
        clocks: new Map(),
        reason: '',
        triedWith: undefined,
      }));
      try {
        const object = new BpfObject(objectPath(signal), signal.perCpu);
        const teach = signal.teacher?.((table) => object.map(table));
        return { signal, object, attachments, teach };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        for (const attachment of attachments) attachment.reason = error.message;
        return { signal, object: undefined, attachments };
      }
    });
  }

  /** Attaches what is not attached yet and whose modules are there now. Returns whether anything changed. */
  attach(): boolean {
    const before = JSON.stringify(this.states());
    for (const signal of this.#signals) {
      const { object, attachments } = signal;
      if (object && taught(signal)) for (const attachment of attachments) tryAttach(object, attachment);
    }
    return JSON.stringify(this.states()) !== before;
  }

  states(): ProgramState[] {
    return this.#signals.flatMap(({ signal, attachments }) =>
      attachments.map(({ program, link, clocks, reason }) => ({
        signal: signal.name,
        program: program.name,
        hook: program.hook,
        attached: link !== undefined || clocks.size > 0,
        reason,
      })),
    );
  }

  /** Signals without tables are left out. */
  handles(): Record<string, SignalHandles> {
    const handles: Record<string, SignalHandles> = {};
    for (const { signal, object, attachments } of this.#signals) {
      if (!object) continue;
      const tables = Object.keys(signal.tables).map((name) => [name, object.map(name)]);
      const iterators = attachments
        .filter(({ program, link }) => program.iterator && link !== undefined)
        .map(({ program, link }) => [program.name, link]);
      handles[signal.name] = { tables: Object.fromEntries(tables), iterators: Object.fromEntries(iterators) };
    }
    return handles;
  }
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
  const { program, link } = attachment;
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
  const settled = link !== undefined && !program.iterator;
  if (settled || attachment.triedWith === present) return;
  attachment.triedWith = present;
  try {
    if (link === undefined) attachment.link = object.attach(program);
    else object.replace(program, link);
    attachment.reason = '';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    attachment.reason = error.message;
  }
}

/** The kernel ends a clock with its CPU and does not start it again when the CPU comes back. */
function followCpus(object: BpfObject, attachment: Attachment, hertz: number): void {
  const { program, clocks } = attachment;
  const online = onlineCpus();
  for (const [cpu, end] of clocks) {
    if (online.includes(cpu)) continue;
    end();
    clocks.delete(cpu);
  }
  if (attachment.triedWith === online.join()) return;
  attachment.triedWith = online.join();
  const missing = online.filter((cpu) => !clocks.has(cpu));
  try {
    if (missing.length > 0)
      for (const [cpu, end] of object.attachToClocks(program, hertz, missing)) clocks.set(cpu, end);
    attachment.reason = '';
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    attachment.reason = error.message;
  }
}
