import { EXIT, Failure } from './failure.js';

/** Tells the user why the program ends, and returns the exit code for it. */
export function report(error: unknown): number {
  if (error instanceof Failure) {
    console.error(`trapline: ${error.message} ${error.remedy}`);
    return error.exitCode;
  }
  console.error('trapline: something unforeseen happened; please report it with these lines.');
  console.error(error);
  return EXIT.internal;
}
