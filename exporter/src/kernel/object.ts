import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import { closeClock, openClock } from './clock.js';
import { errno } from '../libc.js';
import { duplicate, libbpf, withMessages, type Libbpf, type Pointer } from './libbpf.js';
import { possibleCpus } from './probe.js';
import { explain, mostTelling, Refusal } from './refusal.js';
import type { Program } from './signal.js';

/** bpf/resumed.h */
const RESUMED = '.rodata.resumed';

/** A program on its hook. It is taken off when the last process that holds the link lets go of it. */
export interface Link {
  /** The descriptor of the link. */
  readonly fd: number;
  /** A descriptor of the program, to ask about it. */
  readonly program: number;
  /** Lets go of both. */
  end(): void;
}

/**
 * A BPF object file whose programs are loaded one at a time, each with a verdict of its own, over one set of maps. libbpf
 * would load them all or none.
 */
export class BpfObject {
  readonly #bpf: Libbpf = libbpf();
  readonly #maps = new Map<string, number>();
  readonly #path: string;
  readonly #perCpu: readonly string[];
  readonly #resumed = Buffer.alloc(8);

  /** Creates the maps. They live as long as this process or a program or descriptor holds them. Throws `Refusal`. */
  constructor(path: string, perCpu: readonly string[] = []) {
    this.#path = path;
    this.#perCpu = perCpu;
    const object = this.#open(() => false);
    this.#load(object);
    for (const map of this.#mapsOf(object))
      this.#maps.set(this.#bpf.mapName(map) as string, this.#bpf.mapFd(map) as number);
  }

  /** Tells the programs that are loaded from now on when they were put back, in nanoseconds of CLOCK_MONOTONIC. */
  set resumedNs(ns: bigint) {
    this.#resumed.writeBigUInt64LE(ns);
  }

  /** The descriptor of a map of the object. */
  map(name: string): number {
    const fd = this.#maps.get(name);
    if (fd === undefined) throw new Error(`${this.#path} has no map ${name}`);
    return fd;
  }

  /**
   * Loads the first of the program's functions that the kernel takes and attaches it. Throws the `Refusal` that tells most.
   */
  attach(program: Program): Link {
    const { attachIterator, attach } = this.#bpf;
    return this.#firstTaken(program, (loaded) =>
      this.#link(loaded, () => (program.iterator ? attachIterator(loaded, null) : attach(loaded))),
    );
  }

  /**
   * Loads the program and lets the clocks of these CPUs fire it. Returns the links by CPU. Throws `Refusal`; then none is
   * attached.
   */
  attachToClocks(program: Program, hertz: number, cpus: readonly number[]): Map<number, Link> {
    return this.#firstTaken(program, (loaded) => {
      const links = new Map<number, Link>();
      try {
        for (const cpu of cpus) links.set(cpu, this.#attachToClock(loaded, openClock(cpu, hertz)));
        return links;
      } catch (error) {
        for (const link of links.values()) link.end();
        throw error;
      }
    });
  }

  #attachToClock(loaded: Pointer, clock: number): Link {
    try {
      return this.#link(loaded, () => this.#bpf.attachPerfEvent(loaded, clock));
    } catch (error) {
      closeClock(clock);
      throw error;
    }
  }

  #link(loaded: Pointer, attach: () => unknown): Link {
    const { result: link, said } = withMessages(attach);
    if (!link) throw explain({ errno: errno(), said });
    const program = duplicate(this.#bpf.programFd(loaded) as number);
    return {
      fd: this.#bpf.linkFd(link) as number,
      program,
      end: () => {
        this.#bpf.destroyLink(link);
        closeSync(program);
      },
    };
  }

  /** Loads the iterator's program anew and puts it behind the link that readers hold already. Throws `Refusal`. */
  replace(program: Program, link: number): void {
    this.#firstTaken(program, (loaded) => {
      const fd = this.#bpf.programFd(loaded) as number;
      const { result, said } = withMessages(() => this.#bpf.updateLink(link, fd, null) as number);
      if (result < 0) throw explain({ errno: -result, said });
    });
  }

  #firstTaken<T>(program: Program, use: (loaded: Pointer) => T): T {
    const refusals: Refusal[] = [];
    for (const name of program.functions) {
      const object = this.#open((candidate) => candidate === name);
      try {
        this.#load(object);
        return use(this.#programsOf(object).find((each) => this.#bpf.programName(each) === name)!);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        refusals.push(error);
      } finally {
        this.#bpf.close(object);
      }
    }
    throw mostTelling(refusals);
  }

  #open(autoload: (program: string) => boolean): Pointer {
    const { result: object, said } = withMessages(() => this.#bpf.open(this.#path, null) as Pointer | null);
    if (!object) throw new Error(`${this.#path} cannot be opened (error ${errno()}). ${said}`);
    for (const program of this.#programsOf(object))
      this.#bpf.setAutoload(program, autoload(this.#bpf.programName(program) as string));
    for (const map of this.#mapsOf(object)) {
      const name = this.#bpf.mapName(map) as string;
      const existing = this.#maps.get(name);
      if (name === RESUMED) this.#bpf.setInitialValue(map, this.#resumed, this.#resumed.length);
      else if (existing !== undefined && !this.#bpf.isInternalMap(map)) this.#bpf.reuseMap(map, existing);
      else if (this.#perCpu.includes(name))
        this.#bpf.setMaxEntries(map, (this.#bpf.maxEntries(map) as number) * possibleCpus());
    }
    return object;
  }

  #load(object: Pointer): void {
    const { result, said } = withMessages(() => this.#bpf.load(object) as number);
    if (result < 0) throw explain({ errno: -result || constants.errno.EINVAL, said });
  }

  #programsOf = (object: Pointer): Pointer[] =>
    each((previous) => this.#bpf.nextProgram(object, previous) as Pointer | null);
  #mapsOf = (object: Pointer): Pointer[] =>
    each((previous) => this.#bpf.nextMap(object, previous) as Pointer | null);
}

function each(next: (previous: Pointer | null) => Pointer | null): Pointer[] {
  const all: Pointer[] = [];
  for (let current = next(null); current; current = next(current)) all.push(current);
  return all;
}
