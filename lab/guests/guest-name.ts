/** Gives a process the command line by which VM finders know a guest: `-name guest=NAME`, QEMU's form. */
import { execInPlace } from '../../experiment/src/sensor/libc.js';

/** What ends the command line of a guest with this name; nothing for one without. QEMU wants a comma doubled. */
export function guestNameArguments(name: string | undefined): string[] {
  return name === undefined ? [] : ['-name', `guest=${name.replaceAll(',', ',,')}`];
}

/**
 * The command-line arguments of this program without QEMU's form of the name. Where only `--name NAME` was given, or
 * there is a name by default, the process starts again under the same pid with `-name guest=NAME` at its end, because a
 * command line cannot grow.
 */
export function nameProcessAsGuest(byDefault?: string): string[] {
  const args = process.argv.slice(2);
  if (args.at(-2) === '-name') return args.slice(0, -2);
  const name = nameIn(args) ?? byDefault;
  if (name === undefined) return args;
  const argv = [process.argv0, ...process.execArgv, ...process.argv.slice(1), ...guestNameArguments(name)];
  return execInPlace(process.execPath, argv);
}

function nameIn(args: readonly string[]): string | undefined {
  const at = args.indexOf('--name');
  return at < 0 ? undefined : args[at + 1];
}
