import { EXIT, Failure } from '../failure.js';

/** Runs a command, tells the user why it ends if it fails, and returns its exit code. */
export async function reported(command: () => Promise<number>): Promise<number> {
  try {
    return await command();
  } catch (error) {
    if (error instanceof Failure) {
      console.error(`${error.message}\n${error.remedy}`);
      return error.exitCode;
    }
    console.error('trapline experiment: something unforeseen happened; please report it with these lines.');
    console.error(error);
    return EXIT.internal;
  }
}
