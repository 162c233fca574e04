/**
 * Holds the programs to their instructions in bpf/budget.json.
 *
 *   npm run bpf:budget              records those of the compiled objects anew
 *   npm run bpf:budget -- 6.1 6.12  records what these kernels of the lab make of them
 *   npm run bpf:check               fails where the compiled ones have grown; the lab's test does where a kernel's have
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LabHost } from '../lab/host.js';
import type { KernelSeries } from '../lab/kernel.js';
import { compiledInstructions, overBudget, REMEDY, type Budget, type Counts } from './instructions.js';

const file = join(import.meta.dirname, 'budget.json');
const prebuilt = join(import.meta.dirname, 'prebuilt');

/** The modules whose types and functions the programs ask for. */
const MODULES = ['kvm_amd', 'vhost_net', 'tun', 'macvtap', 'ipvtap', 'bridge', 'veth'];

const read = (): Budget => JSON.parse(readFileSync(file, 'utf8')) as Budget;

const record = (ground: string, counts: Counts): void =>
  writeFileSync(file, `${JSON.stringify({ ...read(), [ground]: counts }, undefined, 2)}\n`);

function compiled(): Counts {
  const objects = readdirSync(prebuilt).filter((name) => name.endsWith('.bpf.o'));
  return Object.assign(
    {},
    ...objects
      .sort()
      .map((name) => compiledInstructions(name.slice(0, -'.bpf.o'.length), join(prebuilt, name))),
  ) as Counts;
}

async function verifiedBy(kernel: KernelSeries): Promise<Counts> {
  const host = await LabHost.boot({ kernel, modules: MODULES });
  try {
    return JSON.parse(await host.must('node --import tsx bpf/verified.ts', { timeout: 600 })) as Counts;
  } finally {
    await host.stop();
  }
}

async function main(args: string[]): Promise<number> {
  if (args.includes('--check')) {
    const over = overBudget('compiled', compiled(), read()['compiled'] ?? {});
    for (const sentence of over) console.error(sentence);
    if (over.length > 0) console.error(REMEDY);
    return over.length > 0 ? 1 : 0;
  }
  if (args.length === 0) record('compiled', compiled());
  for (const kernel of args as KernelSeries[]) record(kernel, await verifiedBy(kernel));
  return 0;
}

process.exit(await main(process.argv.slice(2)));
