import type { Announcer } from '../announcer.js';
import type { Equipment } from '../engine/equipment.js';
import type { Plan } from '../plan/plan.js';
import type { Vocabulary } from '../plan/read.js';

/** What the commands work with: the real things, or others in tests. */
export interface Workshop extends Vocabulary {
  equip(plan: Plan): Promise<Equipment>;
  /** Who is told of a run beside the terminal. */
  announcers(): Promise<Announcer[]>;
  /** Writes the report of a run that has stored cells. Returns its path. */
  report(folder: string): Promise<string>;
}
