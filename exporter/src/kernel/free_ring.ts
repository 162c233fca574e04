import { Table, type Layout } from './table.js';

export interface RingLayout extends Layout {
  readonly fields: {
    readonly fresh: { type: 'u32'; offset: number };
    readonly head: { type: 'u32'; offset: number };
    readonly tail: { type: 'u32'; offset: number };
    readonly row: { type: 'u32'; offset: number; length: number };
  };
}

/** The exporter's end of bpf/rows.h: it gives free rows, the programs take them. */
export class FreeRing {
  readonly capacity: number;
  private readonly ring: Table<RingLayout>;

  constructor(fd: number, layout: RingLayout) {
    this.ring = new Table(fd, layout, 'write');
    this.capacity = layout.fields.row.length;
  }

  /** The row must be out of use: no program writes it any more and its values were read. */
  give(row: number): void {
    const tail = this.ring.u32(0, 'tail');
    this.ring.setU32(0, 'row', row, tail % this.capacity);
    this.ring.setU32(0, 'tail', (tail + 1) >>> 0);
  }

  /** Rows from this number on were never taken. */
  get everTaken(): number {
    return Math.min(this.ring.u32(0, 'fresh'), this.capacity);
  }
}
