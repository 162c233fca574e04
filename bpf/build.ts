/**
 * Compiles every <signal>.bpf.c to prebuilt/<signal>.bpf.o and writes the TypeScript layout of its rows.
 *
 *   npm run bpf          build and write; `npm run bpf -- vm_exit` builds that one only
 *   npm run bpf:check    build beside, compare bytes with what is committed, exit 1 where they differ
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile, run } from './compile.js';
import { layoutsOf, printLayouts } from './layouts.js';

const here = import.meta.dirname;
const prebuilt = join(here, 'prebuilt');
const layouts = join(here, '../exporter/src/kernel/layouts.generated.ts');
const signals = readdirSync(here)
  .filter((file) => file.endsWith('.bpf.c'))
  .map((file) => file.slice(0, -'.bpf.c'.length))
  .sort();

function layoutSource(directory: string): string {
  const dumps = signals.map(
    (signal) =>
      [signal, run('bpftool', '-j', 'btf', 'dump', 'file', join(directory, `${signal}.bpf.o`))] as const,
  );
  return printLayouts(dumps.map(([signal, dump]) => layoutsOf(signal, JSON.parse(dump))));
}

function build(wanted: string[]): void {
  for (const signal of wanted) compile(`${signal}.bpf.c`, join(prebuilt, `${signal}.bpf.o`));
  writeFileSync(layouts, layoutSource(prebuilt));
  console.log(`built ${wanted.join(', ')} and ${layouts.slice(layouts.lastIndexOf('/') + 1)}`);
}

function check(): boolean {
  const fresh = mkdtempSync(join(tmpdir(), 'trapline-bpf-'));
  try {
    const stale = signals.filter((signal) => {
      const object = join(fresh, `${signal}.bpf.o`);
      compile(`${signal}.bpf.c`, object);
      return !readFileSync(object).equals(readFileSync(join(prebuilt, `${signal}.bpf.o`)));
    });
    if (layoutSource(fresh) !== readFileSync(layouts, 'utf8')) stale.push('layouts.generated.ts');
    if (stale.length === 0)
      console.log(`${signals.length} BPF objects and their layouts are what the sources give`);
    else
      console.error(
        `not what the sources give: ${stale.join(', ')}. Run \`npm run bpf\` and commit the result.`,
      );
    return stale.length === 0;
  } finally {
    rmSync(fresh, { recursive: true });
  }
}

if (process.argv.includes('--check')) process.exit(check() ? 0 : 1);
const named = process.argv.slice(2);
build(named.length > 0 ? named : signals);
