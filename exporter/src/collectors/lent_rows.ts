/** Rows that the exporter lends. Nothing clears a row: it is read from where its borrower before has left it. */
export class LentRows {
  readonly #free: number[];
  readonly #left = new Map<number, readonly number[]>();

  /** `read` gives a row's counters, always in the same order. */
  constructor(
    rows: Iterable<number>,
    private readonly read: (row: number) => readonly number[],
  ) {
    this.#free = [...rows];
  }

  /** Undefined where all are lent. */
  lend(): number | undefined {
    const row = this.#free.shift();
    if (row !== undefined) this.#left.set(row, this.read(row));
    return row;
  }

  /** What was counted since the row was lent. */
  counted(row: number): number[] {
    const left = this.#left.get(row);
    return this.read(row).map((value, i) => value - (left?.[i] ?? 0));
  }

  /** The row must be written no more. It is lent again after all others that are free. */
  takeBack(row: number): void {
    this.#free.push(row);
  }
}
