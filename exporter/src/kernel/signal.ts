/**
 * What a signal needs from the kernel, as data: its object file, the tables it fills and the programs that fill them.
 * The loader reads this and knows nothing else of the signal.
 */
export interface Signal {
  /** The collector it belongs to and the object file, bpf/prebuilt/<name>.bpf.o. */
  readonly name: string;
  readonly tables: Readonly<Record<string, TableAccess>>;
  /** Tables whose declared rows are those of one CPU: made as many times as large, row by row of CPU 0, then of CPU 1. */
  readonly perCpu?: readonly string[];
  readonly programs: readonly Program[];
  /** Which metrics need which of the programs; the others are read from elsewhere. */
  readonly needs: readonly Need[];
  /** Its counts would be wrong, not only missing, if its programs were taken off for a while. */
  readonly indispensable?: true;
  /**
   * For what only root can find out and the programs must know. Given the tables' descriptors by name it returns the
   * work, which is done before the programs are attached and then every 2 s; it throws `Refusal` where it cannot be done.
   */
  readonly teacher?: (table: (name: string) => number) => () => void;
}

/** Metrics that are right only while all of these programs are attached. Until then they are left out: see Withholding. */
export interface Need {
  readonly metrics: readonly string[];
  readonly programs: readonly string[];
  /** Only those of their series that have one of these values of a label. */
  readonly only?: { readonly label: string; readonly values: readonly string[] };
}

/** How the exporter maps a table: it writes only rings of free rows and what it tells the programs. */
export type TableAccess = 'read' | 'write';

/** Each program is optional: where the kernel lacks its hook the others run, and what needs it is left out. */
export interface Program {
  /** As exported in the label `program`. */
  readonly name: string;
  /** As exported in the label `hook`. */
  readonly hook: string;
  /** Functions in the object that serve this hook on different kernels; the first one the kernel takes is attached. */
  readonly functions: readonly string[];
  /** Kernel modules that must be there first; of a nested list any one. */
  readonly modules: readonly (string | readonly string[])[];
  /**
   * Read like a file instead of fired by events. Loaded at once, and again when one of these modules arrives, whose types
   * it then can see.
   */
  readonly iterator?: { readonly reloadedFor: readonly string[] };
  /** Fired by the clock of every online CPU, so many times a second. */
  readonly hertz?: number;
}

/** One record of bpf/prebuilt's programs at run time. */
export interface ProgramState {
  signal: string;
  program: string;
  hook: string;
  attached: boolean;
  /** Empty when attached; else what is missing. */
  reason: string;
  /** Taken off on purpose, to be put back later. */
  suspended: boolean;
  /** When it was last put back, in nanoseconds of CLOCK_MONOTONIC; 0 if it never was taken off. */
  resumedNs: number;
}
