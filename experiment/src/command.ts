/** The command line of `trapline experiment`. */
import { Command } from 'commander';

/** The command, to be added to that of `trapline`. */
export function experimentCommand(): Command {
  return new Command('experiment').description(
    'repeat the 2012 study of packet capture in virtual machines here',
  );
}
