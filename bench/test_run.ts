/**
 * Runs functions of BPF programs without their event: on a kernel where no VM runs, the functions that count exits are
 * loaded as raw tracepoint programs and given the arguments that the tracepoint would give them (BPF_PROG_TEST_RUN, since
 * 5.10). Their instructions are those that ship.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { libbpf, readRunStats, Refusal } from '../exporter/src/kernel/index.js';
import { bpf, map } from '../experiment/src/sensor/libc.js';

/** include/uapi/linux/bpf.h */
const PROG_TEST_RUN = 10;
/** Places in union bpf_attr, as BPF_PROG_TEST_RUN has it. */
const ATTR = { size: 80, program: 0, contextSize: 40, context: 48 } as const;

/** A function of an object that can be run at will. */
export class TestRun {
  readonly #program: number;
  readonly #attributes = new Uint8Array(ATTR.size);

  /** `program`: a descriptor of `loadForTestRuns`. */
  constructor(program: number, args: readonly bigint[]) {
    const context = map(4096);
    new BigUint64Array(context.bytes.buffer).set(args);
    const view = new DataView(this.#attributes.buffer);
    view.setUint32(ATTR.program, program, true);
    view.setUint32(ATTR.contextSize, args.length * 8, true);
    view.setBigUint64(ATTR.context, context.address, true);
    this.#program = program;
  }

  run(): void {
    bpf(PROG_TEST_RUN, this.#attributes);
  }

  /** What the kernel has measured so far; see `startRunStats`. */
  stats(): { ns: number; runs: number } {
    return readRunStats(this.#program);
  }
}

/** Loads functions of one object over one set of maps. Returns their descriptors by name. Throws `Refusal`. */
export function loadForTestRuns(path: string, functions: readonly string[]): Map<string, number> {
  const folder = mkdtempSync(join(tmpdir(), 'trapline-bench-'));
  try {
    const copy = join(folder, 'raw.bpf.o');
    // The name of its section tells libbpf the type of a program; both have as many letters.
    writeFileSync(copy, readFileSync(path).toString('latin1').replaceAll('tp_btf/', 'raw_tp/'), 'latin1');
    return load(copy, functions);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function load(path: string, functions: readonly string[]): Map<string, number> {
  const library = libbpf();
  const object = library.open(path, null) as bigint | null;
  if (!object) throw new Refusal(`libbpf does not open ${path}`);
  const wanted = new Map<string, bigint>();
  const after = (program: bigint | null): bigint | null =>
    library.nextProgram(object, program) as bigint | null;
  for (let program = after(null); program; program = after(program)) {
    const name = library.programName(program) as string;
    library.setAutoload(program, functions.includes(name));
    if (functions.includes(name)) wanted.set(name, program);
  }
  if ((library.load(object) as number) < 0)
    throw new Refusal(`this kernel does not take ${functions.join(', ')} as raw tracepoint programs`);
  return new Map([...wanted].map(([name, program]) => [name, library.programFd(program) as number]));
}
