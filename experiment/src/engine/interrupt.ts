/** Ctrl-C, SIGTERM and the end of the terminal: the first ends a run in good order, the second at once. */
import { EXIT } from '../failure.js';
import type { Journal } from './journal.js';

/** What is heard until it is let go of. */
export interface Interruption {
  signal: AbortSignal;
  letGo(): void;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Who writes to a terminal that has ended must not end of it before everything is taken back. */
const ignore = (): void => undefined;

/** `folder` is named to the user in what is left to do. */
export function heedInterrupts(
  journal: Journal,
  folder: string,
  say: (sentence: string) => void,
): Interruption {
  const controller = new AbortController();
  const heed = (): void => {
    if (controller.signal.aborted) {
      for (const sentence of leftBehind(journal, folder)) say(sentence);
      process.exit(EXIT.interrupted);
    }
    controller.abort(new Error('interrupted'));
    say('Interrupted: taking back what was changed. Once more ends it at once and leaves that.');
  };
  for (const signal of SIGNALS) process.on(signal, heed);
  // For good, since an error comes after the writing.
  process.stderr.off('error', ignore).on('error', ignore);
  return {
    signal: controller.signal,
    letGo: () => {
      for (const signal of SIGNALS) process.off(signal, heed);
    },
  };
}

function leftBehind(journal: Journal, folder: string): string[] {
  const left = journal.open.map(({ machine, what }) => `  ${what} (${machine})`);
  return left.length === 0
    ? ['Nothing is left to take back.']
    : ['Not taken back:', ...left, `Do so with trapline experiment clean ${folder}, or go on with resume.`];
}
