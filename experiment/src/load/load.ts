/** A source of frames. One file each beside this one. */
import type { Changes } from '../engine/change.js';
import type { Presence } from '../methods/method.js';
import type { Flows, FrameSize } from '../results.js';
import type { Shell } from '../shell/shell.js';

/** A program, or the kernel, that sends frames. */
export interface Load {
  /** As in plans: pktgen, trafgen. */
  readonly name: string;
  readonly title: string;
  detect(shell: Shell): Promise<Presence>;
  /** Starts to send and resolves then. */
  start(order: LoadOrder): Promise<RunningLoad>;
}

/** What is to be sent. */
export interface LoadOrder {
  shell: Shell;
  /** Interface to send out of. */
  device: string;
  /** Frames a second. */
  rate: number;
  size: FrameSize;
  /** One flow, or a new one with every frame. */
  flows: Flows;
  /** MAC address; undefined: one that no interface has. */
  destination?: string;
  /** CPUs to send from; undefined: any. */
  cpus?: readonly number[];
  changes: Changes;
}

/** A source at work. */
export interface RunningLoad {
  /** Frames that have left until now, counted at the source. */
  sent(): Promise<number>;
  /** Ends it and says how many frames left in all. Called once. */
  stop(): Promise<number>;
}
