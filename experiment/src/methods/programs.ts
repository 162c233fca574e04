/** Whether the programs of a method are there, and which. */
import type { Shell } from '../shell/shell.js';
import type { Presence, SensorOrder } from './method.js';

/** A program that a method or a source of frames uses. */
export interface Wanted {
  /** As it is called in a shell. */
  program: string;
  /** Command that writes its version somewhere into what it says, to stdout or stderr. */
  version: string;
  /** Debian's package that has it. */
  debian: string;
}

/** Looks for programs on a machine. Changes nothing. */
export async function lookFor(shell: Shell, wanted: readonly Wanted[]): Promise<Presence> {
  const probe = wanted
    .map(
      ({ program, version }) =>
        `command -v ${program} > /dev/null && ${version} 2>&1 | head -n 3 | tr '\\n' ' '; echo`,
    )
    .join('\n');
  const said = (await shell.run(probe)).stdout.split('\n');
  const missing = wanted.filter((_, i) => !said[i]);
  if (missing.length > 0) {
    const packages = [...new Set(missing.map(({ debian }) => debian))].join(' ');
    const names = missing.map(({ program }) => program).join(' and ');
    return { present: false, remedy: `Install ${names} with apt-get install ${packages}.` };
  }
  const versions = wanted.map(({ program }, i) => [program, versionIn(said[i]!)] as const);
  return { present: true, programs: Object.fromEntries(versions) };
}

/** The first thing that looks like a version, or all that was said. */
const versionIn = (text: string): string => /\d+(\.\d+)+[-\w.]*/.exec(text)?.[0] ?? text.trim();

/** The command, kept to these CPUs. */
export const onCpus = (cpus: readonly number[] | undefined, command: string): string =>
  cpus === undefined ? command : `taskset -c ${cpus.join(',')} ${command}`;

/** Has a device take frames for any address, as libpcap does; unless it does already. */
export async function hearAll({ shell, device, changes }: SensorOrder): Promise<void> {
  const shown = await shell.must(`ip link show dev ${device}`);
  if (/[<,]PROMISC[,>]/.test(shown)) return;
  const set = (value: string): string => `ip link set dev ${device} promisc ${value}`;
  await changes.run(shell, { what: `have ${device} take all frames`, undo: set('off') }, set('on'));
}
