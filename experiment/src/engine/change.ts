/**
 * What is changed on a machine and must be taken back. The journal knows how before it is done, so that whoever comes after a
 * crash can: an undo is therefore a shell command and no function.
 */
import type { Platform } from '../results.js';
import type { RunningProgram, Shell } from '../shell/shell.js';

/** A change and its way back. */
export interface Change {
  machine: Platform;
  /** In words for the log, as in "pin interrupt 24 to CPU 0". */
  what: string;
  /**
   * Shell command that takes it back. It must be harmless when the change was never made, was half made or has been taken back, and
   * then succeed. What was before is written into it: `echo 3 > /proc/irq/24/smp_affinity`.
   */
  undo: string;
}

/** Makes changes. All are taken back in reverse order: those of a cell after the cell, those of a run after the run. */
export interface Changes {
  /** Writes the change to the journal, then acts. What `act` throws is passed on; the change is taken back all the same. */
  make<T>(change: Change, act: () => Promise<T>): Promise<T>;

  /** The same for a command that makes the change; throws when it fails. Returns what it wrote to stdout. */
  run(shell: Shell, change: Omit<Change, 'machine'>, command: string): Promise<string>;

  /** Starts a program that is ended, by force if need be, when changes are taken back. `what` is as in "start tcpdump". */
  spawn(shell: Shell, what: string, command: string): Promise<RunningProgram>;
}
