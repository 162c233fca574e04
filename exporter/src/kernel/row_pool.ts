import type { FreeRing } from './free_ring.js';

/** The rows that programs have taken from a ring, until the exporter gives them back. */
export class RowPool {
  /** The generation of a row when it was given back; another one means that it is in use again. */
  readonly #retired: Uint32Array;

  /** `generationOf` reads a row's field of that name: 0 while it is being filled, then never the same twice. */
  constructor(
    private readonly free: FreeRing,
    private readonly generationOf: (row: number) => number,
  ) {
    this.#retired = new Uint32Array(free.capacity);
  }

  inUse(): number[] {
    const rows: number[] = [];
    const { everTaken } = this.free;
    for (let row = 0; row < everTaken; row++) if (this.isInUse(row, this.generationOf(row))) rows.push(row);
    return rows;
  }

  /** Whether the row is in use, and by whom it was in that generation. */
  isInUse(row: number, generation: number): boolean {
    return generation !== 0 && generation !== this.#retired[row] && generation === this.generationOf(row);
  }

  /** The row must be written no more, and its last values read. */
  giveBack(row: number): void {
    this.#retired[row] = this.generationOf(row);
    this.free.give(row);
  }
}
