import type { Announcer } from '../announcer.js';
import type { Equipment } from '../engine/equipment.js';
import type { Load } from '../load/load.js';
import type { Method } from '../methods/method.js';
import type { Plan } from '../plan/plan.js';

/** What the commands work with: the real things, or others in tests. */
export interface Workshop {
  methods: readonly Method[];
  loads: readonly Load[];
  equip(plan: Plan): Equipment;
  /** Who is told of a run beside the terminal. `say` tells the user why somebody cannot be. */
  announcers(say: (sentence: string) => void): Promise<Announcer[]>;
  /** Writes the report of a run that has stored cells. Returns its path. */
  report(folder: string): Promise<string>;
}
