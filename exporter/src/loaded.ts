import type { CostReport } from './cost/index.js';
import type { ProgramState } from './kernel/index.js';
import type { NfQueue } from './machine/index.js';

/** What the server knows from the loader about the programs. */
export class Loaded {
  /** Undefined until the loader has tried to attach them. */
  states: readonly ProgramState[] | undefined;
  /** Undefined until the kernel has measured them once. */
  cost: CostReport | undefined;
  /** As of at most a second ago; none where nothing has told of any. */
  queues: readonly NfQueue[] = [];

  /** Takes over new states. Returns the signals that were switched off and on again. */
  learn(states: readonly ProgramState[]): { suspended: string[]; resumed: string[] } {
    const before = suspendedIn(this.states ?? []);
    const now = suspendedIn(states);
    this.states = states;
    return {
      suspended: [...now].filter((signal) => !before.has(signal)),
      resumed: [...before].filter((signal) => !now.has(signal)),
    };
  }

  /** Whether a program is attached now; false until the loader has told. */
  attached(signal: string, program: string): boolean {
    return this.#of(signal).some((each) => each.program === program && each.attached);
  }

  /** In nanoseconds of CLOCK_MONOTONIC; 0 if the signal never was switched off. */
  resumedNs(signal: string): number {
    return this.#of(signal)[0]?.resumedNs ?? 0;
  }

  #of(signal: string): readonly ProgramState[] {
    return this.states?.filter((each) => each.signal === signal) ?? [];
  }
}

const suspendedIn = (states: readonly ProgramState[]): Set<string> =>
  new Set(states.filter(({ suspended }) => suspended).map(({ signal }) => signal));
