/**
 * What a run leaves, and what a report is made of: one directory with
 *
 * - `plan.yaml`: the plan as it was given, byte for byte
 * - `environment.json`: {@link Environment}
 * - `journal.jsonl`: one line for each step of each cell, appended as it is done; a run that is taken up again reads it
 * - `cells/<id>.json`: {@link CellResult}, written whole or not at all
 * - `samples.csv`, `cells.csv`, `report.html`: made from the above, at any time again
 */

export const PLATFORMS = ['host', 'guest'] as const;
export const MONITORS = ['null', 'flow'] as const;
export const FLOWS = ['single', 'multi'] as const;
export const FRAME_SIZES = [64, 256, 1518, 'any'] as const;

export type Platform = (typeof PLATFORMS)[number];
export type Monitor = (typeof MONITORS)[number];
export type Flows = (typeof FLOWS)[number];
/** Bytes of an Ethernet frame with its check sequence; `any` is a mixture. */
export type FrameSize = (typeof FRAME_SIZES)[number];

/** What is varied. A method is the name of an adapter. */
export interface Factors {
  platform: Platform;
  method: string;
  monitor: Monitor;
  flows: Flows;
  size: FrameSize;
}

/** One measurement of the plan. */
export interface Cell extends Factors {
  /** Tells the cell from every other of its plan, and is a file name: `guest-v3-null-single-64-r2`. */
  id: string;
  /** From 1. */
  replication: number;
}

/** Where a frame can be lost, in the order of its way; as the label `stage` of `trapline_path_drops_total`. */
export const STAGES = [
  'nic_hardware',
  'nic_driver',
  'softnet',
  'bridge',
  'tap',
  'guest_nic',
  'guest_softnet',
  'socket',
] as const;
export type Stage = (typeof STAGES)[number];

/** One sampling interval of a cell. Counts are of this interval alone. */
export interface Sample {
  /** Seconds from the start of the load to the end of the interval. */
  at: number;
  /** Seconds it lasted. */
  seconds: number;
  /** Frames that the source sent. */
  offered: number;
  /** Frames that the sensor says it got. */
  delivered: number;
  /** Frames lost by stage, as Trapline books them. */
  lost: Partial<Record<Stage, number>>;
  /** False for those discarded as warm-up or cool-off. */
  kept: boolean;
}

/** What the kept part of a cell cost the host, read from Trapline. A field is missing where it cannot be seen. */
export interface CellCost {
  /** Seconds that the kept part lasted. */
  seconds: number;
  /** VM exits by class. */
  exits?: Record<string, number>;
  kicks?: number;
  injections?: number;
  /** Of the NICs on the way. */
  interrupts?: number;
  /** Seconds of CPU time by payer: exit_kernel, exit_vmm, vhost, interrupt, softirq, capture. */
  payers?: Record<string, number>;
  /** Seconds of CPU time by activity, as `trapline_cpu_activity_seconds_total`; of the host. */
  activities?: Record<string, number>;
}

/** One measured cell. For the whole load, from its start until everything has come to rest, holds to the last frame:
 *  `offered = delivered + Σ lost`. */
export interface CellResult {
  cell: Cell;
  /** Place in the order in which cells were run, from 0. */
  order: number;
  /** ISO 8601. */
  startedAt: string;
  endedAt: string;
  /** Over the whole load. */
  offered: number;
  /** Over the whole load, as the sensor itself says. */
  delivered: number;
  /** The same as Trapline says; equal, or the cell is not sound. */
  deliveredByTrapline: number;
  /** Over the whole load. */
  lost: Partial<Record<Stage, number>>;
  samples: Sample[];
  cost: CellCost;
}

/** What the run was made on. */
export interface Environment {
  /** Version of Trapline. */
  trapline: string;
  /** Seed of the order of the cells. */
  seed: number;
  startedAt: string;
  host: MachineDescription;
  guest?: MachineDescription;
  /** Methods of the plan that are not installed, and what would install them. */
  absent: { method: string; remedy: string }[];
}

export interface MachineDescription {
  hostname: string;
  kernel: string;
  cpu: string;
  cpus: number;
  /** The hypervisor it runs under, as systemd-detect-virt names it, or `none`. */
  virtualization: string;
  /** Versions of the programs used, by name. */
  programs: Record<string, string>;
}
