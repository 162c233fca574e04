import { duration, green, red, yellow } from './console.mjs';

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 *
 * @typedef {Counts & { name: string, milliseconds: number, failures: readonly string[] }} Result of a stage
 *
 * @typedef {object} Report of vitest's json reporter, as far as it is read
 * @property {number} numPassedTests
 * @property {number} numFailedTests
 * @property {number} numPendingTests
 * @property {number} numTodoTests
 * @property {{ assertionResults: { fullName: string, status: string, failureMessages?: string[] | null }[] }[]} testResults
 */

/**
 * The counts of a stage without tests: it is one test.
 * @param {boolean} passed
 * @returns {Counts}
 */
export const verdict = (passed) => ({ passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 });

/**
 * The counts in a report.
 * A run that fails without a failed test – a file that cannot be loaded, an error outside of any test – is one failure.
 * @param {Report} report
 * @param {boolean} succeeded vitest's own exit code
 * @returns {Counts}
 */
export function countsOf(report, succeeded) {
  return {
    passed: report.numPassedTests,
    failed: succeeded ? report.numFailedTests : Math.max(1, report.numFailedTests),
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/**
 * A line for each test of a report that failed, with the first line of what it said.
 * @param {Report} report
 * @returns {string[]}
 */
export const failuresOf = ({ testResults }) =>
  testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'failed')
    .map(
      ({ fullName, failureMessages }) =>
        `${fullName}: ${failureMessages?.[0]?.split('\n')[0] ?? 'no message'}`,
    );

/** @param {readonly Counts[]} results @returns {Counts} */
export function total(results) {
  return results.reduce(
    (sum, { passed, failed, skipped }) => ({
      passed: sum.passed + passed,
      failed: sum.failed + failed,
      skipped: sum.skipped + skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

/** @param {Counts} counts */
export const summary = ({ passed, failed, skipped }) =>
  `${passed} passed, ${failed} failed, ${skipped} skipped`;

/**
 * A line for each stage, and below it one for each test that failed.
 * @param {readonly Result[]} results
 * @returns {string[]}
 */
export function table(results) {
  const width = Math.max(...results.map(({ name }) => name.length));
  return results.flatMap((result) => {
    const mark = result.failed > 0 ? red('✗') : result.skipped > 0 ? yellow('–') : green('✓');
    const line = `${mark} ${result.name.padEnd(width)}  ${summary(result)}  ${duration(result.milliseconds)}`;
    return [line, ...result.failures.map((failure) => `    ${failure}`)];
  });
}

/**
 * In CI a skipped test is a failure: there nothing may be missing.
 * @param {Counts} counts
 * @param {boolean} ci
 */
export const exitCode = ({ failed, skipped }, ci) => (failed > 0 || (ci && skipped > 0) ? 1 : 0);
