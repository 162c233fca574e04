/**
 * `npm run lab`: an emulated KVM host with Trapline and a real capturing guest inside, its page on a local port.
 * `npm run lab -- test`: the exact-count tests; with `--all` each on every kernel that it can run on.
 * `npm run lab -- experiment`: the study in small, in an emulated host, on one kernel.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { CHECKOUT } from './checkout.js';
import { startDemo } from './demo.js';
import { LAB_PLAN, experiment } from './experiment.js';
import { KERNEL_SERIES, type KernelSeries } from './kernel.js';
import { stepsOn } from './progress.js';
import { takeCommands } from './prompt.js';
import { TRAPLINE_PORT } from './trapline.js';

const USAGE = `npm run lab [-- --kernel ${KERNEL_SERIES.join('|')}] [--port ${TRAPLINE_PORT}] [--inside]
npm run lab -- test [--all | --kernel ${KERNEL_SERIES.join('|')}] [file…]
npm run lab -- experiment [--kernel ${KERNEL_SERIES.join('|')}] [--plan FILE] [--dir FOLDER] [--port ${TRAPLINE_PORT}]`;

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/** Shows the page until Ctrl-C. */
async function demo(kernel: KernelSeries, port: number, inside: boolean): Promise<void> {
  // The emulated machine and its files end with this process. Ctrl-C comes more than once: from the terminal, npm and tsx.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(0));
  const appliancePort = inside ? port + 1 : undefined;
  const { host } = await startDemo({ kernel, port, appliancePort, step: stepsOn(process.stdout) });
  const page = `http://127.0.0.1:${port}/`;
  console.log(`\nOpen ${page}   Metrics: ${page}metrics   End: Ctrl-C`);
  if (inside)
    console.log(`In about two minutes, from inside the appliance: http://127.0.0.1:${appliancePort}/`);
  console.log('What you type here runs inside the emulated host, as root.\n');
  await Promise.all([host.ended, takeCommands(host, process.stdin, process.stdout)]);
}

/** Runs the tests of the lab under vitest: on one kernel, on all, or each on those that `npm test` has it run on. */
async function test(kernel: KernelSeries | undefined, all: boolean, files: string[]): Promise<void> {
  const vitest = join(CHECKOUT, 'node_modules', 'vitest', 'vitest.mjs');
  const environment = {
    ...process.env,
    ...(kernel === undefined ? {} : { TRAPLINE_LAB_KERNELS: kernel }),
    ...(all ? { TRAPLINE_LAB_FORM: 'all' } : {}),
  };
  const run = spawn(process.execPath, [vitest, 'run', '--project', 'lab', ...files], {
    cwd: CHECKOUT,
    env: environment,
    stdio: 'inherit',
  });
  const [code] = (await once(run, 'exit')) as [number | null];
  process.exitCode = code ?? EXIT_FAILED;
}

/** Runs a plan inside and brings out what it leaves, by default into a folder beside the caller. */
async function runExperiment(
  kernel: KernelSeries,
  plan: string,
  dir = `experiment-${kernel}`,
  port?: number,
): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(EXIT_FAILED));
  const options = { kernel, plan, folder: resolve(dir), step: stepsOn(process.stdout) };
  await experiment(port === undefined ? options : { ...options, port });
}

function kernelNamed(name: string | undefined): KernelSeries | undefined {
  if (name === undefined) return undefined;
  const series = KERNEL_SERIES.find((known) => known === name);
  if (series === undefined) throw new UsageError(`there is no kernel ${name} in the lab`);
  return series;
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65534) throw new UsageError(`${text} is no port`);
  return port;
}

class UsageError extends Error {}

function parse(args: string[]) {
  const options = {
    kernel: { type: 'string' },
    port: { type: 'string' },
    inside: { type: 'boolean', default: false },
    all: { type: 'boolean', default: false },
    plan: { type: 'string', default: LAB_PLAN },
    dir: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  } as const;
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parse(args);
  const [what, ...files] = positionals;
  const kernel = kernelNamed(values.kernel);
  const port = values.port === undefined ? undefined : portNumber(values.port);
  if (values.help === true) console.log(USAGE);
  else if (what === undefined) await demo(kernel ?? '6.1', port ?? TRAPLINE_PORT, values.inside);
  else if (what === 'test') await test(kernel, values.all, files);
  else if (what === 'experiment') await runExperiment(kernel ?? '6.1', values.plan, values.dir, port);
  else throw new UsageError(`the lab knows no ${what}`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const usage = error instanceof UsageError;
  console.error(usage ? `${error.message}\n${USAGE}` : (error as Error).message);
  process.exit(usage ? EXIT_USAGE : EXIT_FAILED);
});
