/** Compiles BPF programs the way those that ship are compiled. */
import { execFileSync } from 'node:child_process';

const here = import.meta.dirname;
const TARGET = ['-g', '-O2', '-target', 'bpf', '-mcpu=v3', '-D__TARGET_ARCH_x86'];
const WARNINGS = ['-Wall', '-Wextra', '-Werror', '-Wno-unused-parameter', '-Wno-unused-function'];
const HEADERS = '-I/usr/include/x86_64-linux-gnu';

/** Runs a program in this folder and returns what it wrote to stdout. */
export const run = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { cwd: here, encoding: 'utf8', maxBuffer: 1 << 26 });

/** The object keeps its sources' names for the verifier's log: without the path of this checkout. */
export function compile(source: string, object: string): void {
  const names = `-ffile-prefix-map=${here}=bpf`;
  run('clang', names, ...TARGET, ...WARNINGS, HEADERS, '-c', source, '-o', object);
  run('llvm-strip', '-g', object);
}
