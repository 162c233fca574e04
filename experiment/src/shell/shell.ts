/** A machine that commands are run on: the host itself, or the guest through the words that its plan gives. */
import type { Platform } from '../results.js';

/** The variable that programs are found by, whatever they are called and whoever started them. */
export const TAG = 'TRAPLINE_EXPERIMENT';

/** What a command did. */
export interface Outcome {
  stdout: string;
  stderr: string;
  /** Its exit code; 124 when it took longer than it was given. */
  code: number;
}

/**
 * Runs commands by `sh` (no bashisms) as root. Commands may run side by side. On the host they are in a session of their own, so
 * that Ctrl-C at the terminal, which the engine heeds, does not reach them.
 */
export interface Shell {
  readonly platform: Platform;

  /** Runs a command and waits, for at most `timeout` seconds (default 60). Throws only where the machine cannot be reached. */
  run(command: string, options?: { timeout?: number }): Promise<Outcome>;

  /** What a command wrote to stdout. Throws with its stderr when it fails. */
  must(command: string, options?: { timeout?: number }): Promise<string>;

  /** Writes a file there, and the folders on the way. */
  put(path: string, content: string | Uint8Array): Promise<void>;

  /**
   * Starts one program that goes on after this returns, after the end of a connection and of this process too. It has the
   * variable `TAG` in its environment, by which it is found again: use `Changes.spawn`, which
   * makes the tag known to the journal first.
   */
  spawn(command: string, tag: string): Promise<RunningProgram>;
}

/** A program started by `Shell.spawn`. */
export interface RunningProgram {
  /** Of the program itself, there. */
  readonly pid: number;
  /** Everything it wrote so far. */
  output(): Promise<{ stdout: string; stderr: string }>;
  /** Sends a signal by name, without SIG, to it and what it started. Nothing happens when it is gone. */
  signal(name: string): Promise<void>;
  /** Waits until it is gone; throws after `timeout` seconds (default 30). */
  gone(options?: { timeout?: number }): Promise<void>;
}
