/** A run as a process of its own: `FOLDER COMMAND ARGUMENT [STEPS]`; killed, as by a power cut, at the step of that number. */
import { resumeRun, runPlan } from '../commands/run.js';
import { madeUpWorkshop } from './workshop.testing.js';

const [machines, command, argument, steps] = process.argv.slice(2) as [string, string, string, string?];
let left = Number(steps ?? Infinity);
const workshop = madeUpWorkshop(machines, {
  step: () => {
    if (--left < 0) process.kill(process.pid, 'SIGKILL');
  },
});
process.exitCode =
  command === 'run'
    ? await runPlan(argument, { dir: `${machines}/run` }, workshop)
    : await resumeRun(argument, workshop);
