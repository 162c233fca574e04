import { hasModule } from './probe.js';
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
  reason: string;
  /** The modules that were there at the last try: another try makes sense only with others. */
  triedWith: string | undefined;
}

/**
 * Everything this process has attached. It stays so while the process lives: nothing is pinned, so the kernel takes all
 * back when it dies, however it dies.
 */
export class Attachments {
  readonly #signals: { signal: Signal; object: BpfObject | undefined; attachments: Attachment[] }[];

  /** Creates the tables of every signal; a signal whose tables the kernel refuses only says so. */
  constructor(signals: readonly Signal[], objectPath: (signal: Signal) => string) {
    this.#signals = signals.map((signal) => {
      const attachments = signal.programs.map((program): Attachment => ({
        program,
        link: undefined,
        reason: '',
        triedWith: undefined,
      }));
      try {
        return { signal, object: new BpfObject(objectPath(signal), signal.perCpu), attachments };
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
    for (const { object, attachments } of this.#signals) {
      if (object) for (const attachment of attachments) tryAttach(object, attachment);
    }
    return JSON.stringify(this.states()) !== before;
  }

  states(): ProgramState[] {
    return this.#signals.flatMap(({ signal, attachments }) =>
      attachments.map(({ program, link, reason }) => ({
        signal: signal.name,
        program: program.name,
        hook: program.hook,
        attached: link !== undefined,
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

function tryAttach(object: BpfObject, attachment: Attachment): void {
  const { program, link } = attachment;
  const missing = program.modules.find((module) => ![module].flat().some(hasModule));
  if (missing !== undefined) {
    attachment.reason = `waits for the kernel module ${[missing].flat().join(' or ')}`;
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
