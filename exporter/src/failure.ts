/** How the program ends. Documented in docs/install.md and in --help. */
export const EXIT = {
  ok: 0,
  internal: 1,
  usage: 2,
  privileges: 3,
  kernel: 4,
  libbpf: 5,
  listen: 6,
  node: 7,
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
