/** `trapline experiment` is a package of its own, since a host that only measures needs none of it. */
import type { Command } from 'commander';
import { EXIT, Failure } from './failure.js';

/** What the package exports. It is built after this one, and so is not known to the compiler. */
interface ExperimentPackage {
  addExperiment(program: Command): void;
}

const PACKAGE: string = '@trapline/experiment';

/** Adds the command with all its own. Throws `Failure` where the package is not there. */
export async function addExperiment(program: Command): Promise<void> {
  const { addExperiment } = await load();
  addExperiment(program);
}

/** The command as it stands in the help of `trapline`, without loading it. */
export function announceExperiment(program: Command): void {
  program
    .command('experiment')
    .description('repeat the 2012 study of packet capture in virtual machines here');
}

async function load(): Promise<ExperimentPackage> {
  try {
    return (await import(PACKAGE)) as ExperimentPackage;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Failure(
      'The package @trapline/experiment is not installed here, or not built.',
      'Run npm install and npm run build in a checkout of the repository, and this command there.',
      EXIT.internal,
    );
  }
}
