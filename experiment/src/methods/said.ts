/** What a sensor or a source says while it runs. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningProgram } from '../shell/shell.js';

/** How long a program may take to answer. */
export const PATIENCE_SECONDS = 120;

/** What is found in what a program writes, as soon as it is there. Throws with all that it wrote where it does not come. */
export async function said<T>(
  program: RunningProgram,
  find: RegExp | ((text: string) => T | undefined),
): Promise<T> {
  const end = performance.now() + PATIENCE_SECONDS * 1000;
  for (;;) {
    const { stdout, stderr } = await program.output();
    const text = stdout + stderr;
    const found = typeof find === 'function' ? find(text) : (find.exec(text) as T | null);
    if (found !== undefined && found !== null) return found;
    if (performance.now() > end) throw new Error(`it did not answer; it wrote: ${text.trim() || 'nothing'}`);
    await sleep(100);
  }
}
