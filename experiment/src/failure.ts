/** How the command ends. The first codes are those of the exporter, of which this is a command. */
export const EXIT = {
  ok: 0,
  internal: 1,
  usage: 2,
  privileges: 3,
  /** Something that the plan needs is not there: an interface, a program, a guest, Trapline. */
  missing: 7,
  /** Cells failed, or something could not be taken back. */
  incomplete: 8,
  /** 128 + SIGINT, as shells have it. */
  interrupted: 130,
} as const;

/** A reason to stop that the user can do something about: one sentence, the remedy, and the exit code. */
export class Failure extends Error {
  constructor(
    message: string,
    readonly remedy: string,
    readonly exitCode: number,
  ) {
    super(message);
  }
}
