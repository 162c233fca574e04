/** A run as a process of its own: `MACHINES COMMAND ARGUMENT [STEPS]`; killed, as by a power cut, at the step of that number. */
import { join } from 'node:path';
import { cleanRun, resumeRun, runPlan } from '../commands/run.js';
import { reported } from '../commands/reported.js';
import { madeUpWorkshop } from './workshop.testing.js';

const [machines, command, argument, steps] = process.argv.slice(2) as [string, string, string, string?];
let left = Number(steps ?? Infinity);
const workshop = madeUpWorkshop(machines, {
  step: () => {
    if (--left < 0) process.kill(process.pid, 'SIGKILL');
  },
});
const commands: Record<string, () => Promise<number>> = {
  run: () => runPlan(argument, { dir: join(machines, 'run') }, workshop),
  resume: () => resumeRun(argument, workshop),
  clean: () => cleanRun(argument, workshop),
};
process.exitCode = await reported(commands[command]!);
