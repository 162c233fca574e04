import { cpu_activity_process, type Table } from '../../kernel/index.js';
import type { ProcessKey } from '../fleet.js';
import { ACTIVITIES } from './activities.js';
import { Times } from './times.js';

/** Where the program looks for a process: as PROCESS_PROBES in bpf/cpu_activity.h. */
const PROBES = 8;

/** What a process's own code is. */
export type Kind = 'vmm' | 'capture';

/** The processes that the program knows, in a table that it reads. */
export class Processes {
  readonly #placed = new Map<ProcessKey, { row: number; kind: Kind }>();
  #unplaced = 0;

  constructor(private readonly table: Table<typeof cpu_activity_process>) {}

  /** Makes the program know these and no others. Returns the last times of the VMMs that were removed. */
  update(wanted: ReadonlyMap<ProcessKey, Kind>): [ProcessKey, Times][] {
    const removed: [ProcessKey, Times][] = [];
    for (const [key, { row, kind }] of this.#placed) {
      if (wanted.get(key) === kind) continue;
      this.table.setU32(row, 'kind', 0);
      this.#placed.delete(key);
      if (kind === 'vmm') removed.push([key, this.#times(row)]);
    }
    const missing = [...wanted].filter(([key]) => !this.#placed.has(key));
    this.#unplaced = missing.filter(([key, kind]) => !this.#place(key, kind)).length;
    return removed;
  }

  vmms(): [ProcessKey, Times][] {
    return [...this.#placed]
      .filter(([, { kind }]) => kind === 'vmm')
      .map(([key, { row }]) => [key, this.#times(row)]);
  }

  /** How many found no row at the last update: their code counts as other. */
  get unplaced(): number {
    return this.#unplaced;
  }

  #place(key: ProcessKey, kind: Kind): boolean {
    const [tgid, startTicks] = key.split(':') as [string, string];
    const rows = Array.from({ length: PROBES }, (_, i) => (Number(tgid) + i) % cpu_activity_process.rows);
    const row = rows.find((candidate) => this.table.u32(candidate, 'kind') === 0);
    if (row === undefined) return false;
    for (const field of ['guest_ns', 'exit_handling_ns', 'vmm_ns'] as const)
      this.table.setU64(row, field, 0n);
    this.table.setU64(row, 'start_ticks', BigInt(startTicks));
    this.table.setU32(row, 'tgid', Number(tgid));
    this.table.setU32(row, 'kind', ACTIVITIES[kind]);
    this.#placed.set(key, { row, kind });
    return true;
  }

  #times(row: number): Times {
    const ns = (field: 'guest_ns' | 'exit_handling_ns' | 'vmm_ns'): number => this.table.u64(row, field);
    return new Times(ns('guest_ns'), ns('exit_handling_ns'), ns('vmm_ns'));
  }
}
