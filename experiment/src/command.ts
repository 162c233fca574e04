/** The command line of `trapline experiment`. */
import { InvalidArgumentError, type Command } from 'commander';
import type { Announcer } from './announcer.js';
import { describeMethods } from './commands/methods.js';
import { reported } from './commands/reported.js';
import { cleanRun, resumeRun, runPlan, type RunOptions } from './commands/run.js';
import type { Workshop } from './commands/workshop.js';
import { equip } from './equipment/index.js';
import { EXIT } from './failure.js';
import { LOADS } from './load/index.js';
import { METHODS } from './methods/index.js';
import { CommandShell } from './shell/command_shell.js';

/** What only some commands need, or a run when it has ended, is loaded then: under emulation that is half of the start. */
const REAL: Workshop = {
  methods: METHODS,
  loads: LOADS,
  equip,
  announcers: tellPrometheus,
  report: async (folder) => (await import('./report/write.js')).writeReport(folder),
};

const HELP = `
A plan says what is varied, how long, and on which interfaces; experiment/example.yaml is one with comments.

  trapline experiment run plan.yaml --dry-run     the cells in their order, and how long they take
  trapline experiment run plan.yaml --dir first   measure them, into the directory first
  trapline experiment resume first                go on after an interruption or a crash
  trapline experiment compare first second        two runs side by side

Ctrl-C takes back what was changed and ends; a second one ends at once and says what is left to take back.

Exit codes: ${Object.entries(EXIT)
  .map(([name, code]) => `${code} ${name}`)
  .join(', ')}.`;

/** A run does without where the port is taken: another run has it. */
async function tellPrometheus(say: (sentence: string) => void): Promise<Announcer[]> {
  try {
    const { announceToPrometheus } = await import('./announce/prometheus.js');
    return [await announceToPrometheus()];
  } catch (error) {
    say(`Grafana will not show this run: ${error instanceof Error ? error.message : String(error)}.`);
    return [];
  }
}

/** Adds the command to that of `trapline`. */
export function addExperiment(program: Command, workshop: Workshop = REAL): void {
  const command = program
    .command('experiment')
    .description('repeat the 2012 study of packet capture in virtual machines here')
    .addHelpText('after', HELP);
  addRun(command, workshop);
  command
    .command('resume <dir>')
    .description('take back what an interrupted run left, and measure the cells that are missing')
    .action(ending((dir: string) => resumeRun(dir, workshop)));
  command
    .command('report <dir>')
    .description('make samples.csv, cells.csv and report.html again')
    .action(ending(async (dir: string) => told(await workshop.report(dir))));
  command
    .command('compare <first> <second>')
    .description('two runs side by side, combination by combination')
    .action(
      ending(async (first: string, second: string) => {
        const { compare } = await import('./commands/compare.js');
        return told(await compare(first, second));
      }),
    );
  command
    .command('methods')
    .description('the methods of capture, and what of them this machine has')
    .action(ending(async () => told(await describeMethods(workshop.methods, new CommandShell('host')))));
  command
    .command('clean <dir>')
    .description('take back what an interrupted run left, and compare with what was before')
    .action(ending((dir: string) => cleanRun(dir, workshop)));
}

function addRun(command: Command, workshop: Workshop): void {
  command
    .command('run <plan>')
    .description('measure the cells of a plan, and make the report')
    .option(
      '--dir <dir>',
      'where the results go: a new directory (default: named after the plan and the time)',
    )
    .option('--seed <number>', 'order of the cells, in the place of the seed in the plan', seed)
    .option('--dry-run', 'only show the cells in their order, and how long they take')
    .action(ending((plan: string, options: RunOptions) => runPlan(plan, options, workshop)));
}

/** An action that sets the exit code. */
function ending<A extends unknown[]>(action: (...args: A) => Promise<number>): (...args: A) => Promise<void> {
  return async (...args) => {
    process.exitCode = await reported(() => action(...args));
  };
}

function told(text: string): number {
  console.log(text);
  return EXIT.ok;
}

function seed(text: string): number {
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 32) return Number(text);
  throw new InvalidArgumentError(`It must be a whole number from 0 to ${2 ** 32 - 1}.`);
}
