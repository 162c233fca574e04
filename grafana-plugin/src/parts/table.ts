/** A number as it is shown and as it is, or a text that is both. */
export interface Cell {
  readonly text: string;
  readonly value: string | number | null;
}

export interface Column {
  readonly title: string;
  /** Unit of the values, for the file; the texts bring their own. */
  readonly unit?: string;
  /** Words stand at the left, numbers (without this) at the right. */
  readonly words?: true;
}

/** The numbers of a picture. Rows are made when they are asked for: there may be hundreds of thousands. */
export interface Table {
  /** Says what the rows are, to those who do not see them. */
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly count: number;
  readonly row: (index: number) => readonly Cell[];
}

export const words = (text: string): Cell => ({ text, value: text });
