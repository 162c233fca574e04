/** A way of capturing packets, as an adapter to programs that users run. One file each beside this one. */
import type { Changes } from '../engine/change.js';
import type { Cell, Monitor } from '../results.js';
import type { Shell } from '../shell/shell.js';

/** Whether something can be used on a machine. */
export type Presence =
  | {
      present: true;
      /** Versions of the programs used, by name. */
      programs: Record<string, string>;
    }
  | {
      present: false;
      /** What would bring it, as one sentence: "Install it with apt-get install tcpdump." */
      remedy: string;
    };

/** A method of capture. */
export interface Method {
  /** As in plans, ids of cells and file names: lower-case letters, digits and dashes. */
  readonly name: string;
  /** As in figures: "AF_PACKET V3 ring (tcpdump)". */
  readonly title: string;
  /** The monitors it has. */
  readonly monitors: readonly Monitor[];
  /** Looks on a machine whether it can be used there with these monitors. Changes nothing. */
  detect(shell: Shell, monitors: readonly Monitor[]): Promise<Presence>;
  /** Starts a sensor. Resolves when every frame that arrives from now on is one it can get. */
  start(order: SensorOrder): Promise<Sensor>;
}

/** What sensor is wanted. */
export interface SensorOrder {
  cell: Cell;
  /** Of the machine it is to run on. */
  shell: Shell;
  device: string;
  /** CPUs it may use; undefined: any. */
  cpus?: readonly number[];
  changes: Changes;
}

/** What a sensor says itself, from its start. */
export interface SensorCount {
  /** Frames it got. */
  delivered: number;
  /** Frames it says that it lost; undefined where it does not know. */
  lost?: number;
}

/** By what Trapline counts the frames of a sensor: its socket, or the device itself for a program in the kernel. */
export type CapturedBy = { process: string; method: 'plain' | 'v3' | 'xdp' } | 'device';

/** A sensor at work. */
export interface Sensor {
  readonly by: CapturedBy;
  /** What it has counted until now; undefined from one that says nothing until it ends. Called once an interval. */
  count(): Promise<SensorCount | undefined>;
  /** Ends it and says its last count. Called once, when all has come to rest. */
  stop(): Promise<SensorCount>;
}
