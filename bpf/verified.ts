/**
 * Loads every program into the running kernel and prints as JSON how many instructions its verifier went through and how many
 * bytes of machine code it made. Needs root; what the kernel refuses is left out.
 *
 *     node --import tsx bpf/verified.ts
 */
import koffi from 'koffi';
import { modules } from '../exporter/src/collectors/catalogue.js';
import { BpfObject, Refusal, type Program } from '../exporter/src/kernel/index.js';
import { objectPath } from '../exporter/src/loader.js';
import type { Counts } from './instructions.js';

/** Where they lie in struct bpf_prog_info of include/uapi/linux/bpf.h; the latter since 5.16. */
const JITED_LENGTH = 16;
const VERIFIED_INSTRUCTIONS = 216;
const INFO_SIZE = VERIFIED_INSTRUCTIONS + 4;

const objectInfo = koffi
  .load('libbpf.so.1')
  .func('int bpf_obj_get_info_by_fd(int fd, _Out_ uint8_t *info, _Inout_ uint32_t *length)');

function loaded(object: BpfObject, program: Program): number | undefined {
  try {
    if (program.hertz !== undefined)
      return object.attachToClocks(program, program.hertz, [0]).get(0)?.program;
    return object.attach(program).program;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

const counts: Counts = {};
for (const signal of modules.flatMap(({ signals }) => signals)) {
  const object = new BpfObject(objectPath(signal), signal.perCpu);
  for (const program of signal.programs) {
    const fd = loaded(object, program);
    if (fd === undefined) continue;
    const info = Buffer.alloc(INFO_SIZE);
    objectInfo(fd, info, [info.length]);
    counts[`${signal.name}/${program.name} verified`] = info.readUInt32LE(VERIFIED_INSTRUCTIONS);
    counts[`${signal.name}/${program.name} bytes`] = info.readUInt32LE(JITED_LENGTH);
  }
}
console.log(JSON.stringify(counts));
process.exit();
