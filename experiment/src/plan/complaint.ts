import { EXIT, Failure } from '../failure.js';

/** Something wrong with a plan, and where. */
export interface Complaint {
  /** From 1. */
  line: number;
  /** From 1. */
  column: number;
  /** What is wrong and what would be right. */
  message: string;
}

/** A plan that cannot be run: every reason, a line each, in the order of the file. */
export class PlanFailure extends Failure {
  constructor(
    file: string,
    readonly complaints: readonly Complaint[],
    exitCode: number = EXIT.usage,
  ) {
    const sorted = complaints.toSorted((a, b) => a.line - b.line || a.column - b.column);
    const lines = sorted.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
    super(lines.join('\n'), 'Nothing was touched.', exitCode);
  }
}
