/** Runs programs of the outer machine. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What the program wrote to stdout. Throws with all it said, or with the Debian package that brings it when it is missing. */
export async function command(program: string, args: readonly string[], cwd?: string): Promise<string> {
  try {
    const options = { maxBuffer: 64 << 20, ...(cwd === undefined ? {} : { cwd }) };
    return (await run(program, [...args], options)).stdout;
  } catch (error) {
    const { code, stdout, stderr } = error as NodeJS.ErrnoException & { stdout?: string; stderr?: string };
    if (code === 'ENOENT') throw new Error(missing(program), { cause: error });
    throw new Error(`${program} ${args.join(' ')} failed:\n${stdout ?? ''}${stderr ?? ''}`, {
      cause: error,
    });
  }
}

const PACKAGES: Readonly<Record<string, string>> = {
  'qemu-system-x86_64': 'qemu-system-x86',
  busybox: 'busybox-static',
  cpio: 'cpio',
  depmod: 'kmod',
  modprobe: 'kmod',
  setpriv: 'util-linux',
  tcpdump: 'tcpdump',
  xz: 'xz-utils',
};

/** The sentence for a program that is not there. */
export function missing(program: string): string {
  const name = PACKAGES[program];
  return name === undefined
    ? `${program} is not installed`
    : `${program} is not installed; as root: apt-get install ${name}`;
}

/** A word as the shell reads it back unchanged. */
export function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
