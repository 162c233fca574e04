/** Tells the person at the terminal what is happening, and how long it took. */

/** Runs one step of a longer work under a sentence that says what it is. */
export type Step = <T>(what: string, work: () => Promise<T>) => Promise<T>;

/** Steps without a word, for tests. */
export const silently: Step = (_what, work) => work();

/** Steps as lines with elapsed seconds; colours and the pending line only where `stream` is a terminal. */
export function stepsOn(stream: NodeJS.WriteStream): Step {
  const start = performance.now();
  const colour = (code: number, text: string) => (stream.isTTY ? `\u001b[${code}m${text}\u001b[0m` : text);
  const line = (mark: string, what: string) => {
    const elapsed = `${((performance.now() - start) / 1000).toFixed(1)} s`.padStart(8);
    return `${stream.isTTY ? '\r\u001b[K' : ''}${colour(2, elapsed)}  ${mark} ${what}`;
  };
  return async (what, work) => {
    if (stream.isTTY) stream.write(line('…', what));
    try {
      const result = await work();
      stream.write(`${line(colour(32, '✓'), what)}\n`);
      return result;
    } catch (error) {
      stream.write(`${line(colour(31, '✗'), what)}\n`);
      throw error;
    }
  };
}
