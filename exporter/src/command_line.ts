import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { addExperiment, announceExperiment } from './experiment.js';
import { EXIT } from './failure.js';
import { addServeOptions, toServeOptions, userOption } from './options.js';
import { report } from './report.js';

const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
  version: string;
};

const exitCodes = `
Exit codes: ${Object.entries(EXIT)
  .map(([name, code]) => `${code} ${name}`)
  .join(', ')}.`;

const doctorHelp = `
It ends with ${EXIT.ok} when the signals that matter most to the role of this machine can be had, even if others cannot: VM exits on
a host, capture sockets where packets can be captured. Else with ${EXIT.kernel}, or with the code of the first thing that is missing.`;

async function commandLine(): Promise<Command> {
  const program = new Command('trapline')
    .description('What packet capture in virtual appliances costs and loses, measured with eBPF.')
    .version(version)
    .exitOverride()
    .addHelpText('after', exitCodes);
  addServeOptions(program.command('serve', { isDefault: true }))
    .description('measure, and serve /metrics and a live page (default)')
    .action(async (parsed: Record<string, unknown>) => {
      const { load } = await import('./loader.js');
      process.exitCode = await load(toServeOptions(parsed));
    });
  program
    .command('doctor')
    .description('tell what this kernel and these privileges can do, by collector and with remedies')
    .addOption(userOption())
    .addHelpText('after', doctorHelp)
    .action(async ({ user }: { user: string }) => {
      const { diagnose } = await import('./doctor.js');
      process.exitCode = diagnose(user);
    });
  if (process.argv[2] === 'experiment') await addExperiment(program);
  else announceExperiment(program);
  return program;
}

try {
  await (await commandLine()).parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  else process.exitCode = report(error);
}
