/** What the set-up says on the terminal. Colours and lines that change need a terminal; a log file gets plain lines. */
const terminal = process.stdout.isTTY === true && !process.env.NO_COLOR;

/** @param {number} code @param {string} text */
const paint = (code, text) => (terminal ? `\u001b[${code}m${text}\u001b[0m` : text);

/** @param {string} text */
export const green = (text) => paint(32, text);
/** @param {string} text */
export const red = (text) => paint(31, text);
/** @param {string} text */
export const yellow = (text) => paint(33, text);

/** @param {string} text */
export function say(text) {
  console.log(text);
}

/** @param {string} text */
export function heading(text) {
  console.log(`\n${paint(1, `━━ ${text} ━━`)}`);
}

/** @param {number} milliseconds */
export function duration(milliseconds) {
  const seconds = milliseconds / 1000;
  return seconds < 60
    ? `${seconds.toFixed(1)} s`
    : `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}

/**
 * Does a piece of work between a line that says what begins and one that says how long it took.
 * @template T
 * @param {string} text
 * @param {(progress: (state: string) => void) => Promise<T>} work `progress` shows a passing state, on a terminal only.
 * @returns {Promise<T>}
 */
export async function task(text, work) {
  say(`• ${text}`);
  const start = performance.now();
  const show = terminal
    ? (/** @type {string} */ state) =>
        process.stdout.write(`\r\u001b[K  ${state.slice(0, (process.stdout.columns || 80) - 3)}`)
    : () => undefined;
  const clear = () => terminal && process.stdout.write('\r\u001b[K');
  try {
    const result = await work(show);
    clear();
    say(`  ${green('done')} in ${duration(performance.now() - start)}`);
    return result;
  } catch (error) {
    clear();
    throw error;
  }
}

/**
 * Runs a command of the set-up; what goes wrong is one sentence on the terminal and exit code 1.
 * @param {() => Promise<number | undefined>} main returns the exit code.
 */
export async function exitWith(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    console.error(red(error instanceof Error ? error.message : String(error)));
    process.exitCode = 1;
  }
}
