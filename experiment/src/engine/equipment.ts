/** All that the engine drives and knows nothing of. `equip` in `equipment/index.ts` gives the real one; its tests have their own. */
import type { Counter } from '../counting/counts.js';
import type { Changes } from './change.js';
import type { Load } from '../load/load.js';
import type { Method, Sensor } from '../methods/method.js';
import type { Cell, MachineDescription } from '../results.js';
import type { Shell } from '../shell/shell.js';

export interface Equipment {
  host: Shell;
  /** There when the plan has a guest. */
  guest?: Shell;
  methods: readonly Method[];
  loads: readonly Load[];
  /** Brings what all cells need to a machine. Called once a run for each, before the first cell, and after each reboot of the guest. */
  prepare(shell: Shell, changes: Changes): Promise<void>;
  /** What is to be counted for a cell whose sensor is running. */
  counterOf(cell: Cell, sensor: Sensor): Promise<Counter>;
  /** Reads what is described, without `programs`: those come from `detect`. */
  describe(shell: Shell): Promise<Omit<MachineDescription, 'programs'>>;
  /** Process id of the plan's VM on the host, as Trapline there says; undefined when it knows no such VM, or the plan none. */
  vmProcess(): Promise<number | undefined>;
  /** Version of Trapline on the host, from its metrics. */
  traplineVersion(): Promise<string>;
  /**
   * What is wrong with Trapline, in sentences that each say what would be right: not reachable, a collector that this plan needs is
   * off or has no program attached, the host's knows no VM of the plan's name. Empty where all is well.
   */
  traplineComplaints(on: Shell): Promise<string[]>;
}
