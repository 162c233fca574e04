import { EXIT, Failure } from './failure.js';
import { ListenError } from './web/index.js';

/** Tells the user why the program ends, and returns the exit code for it. */
export function report(error: unknown): number {
  if (error instanceof Failure) {
    console.error(`trapline: ${error.message} ${error.remedy}`);
    return error.exitCode;
  }
  if (error instanceof ListenError) {
    console.error(`trapline: ${error.message} ${error.remedy}`);
    return EXIT.listen;
  }
  console.error('trapline: something unforeseen happened; please report it with these lines.');
  console.error(error);
  return EXIT.internal;
}
