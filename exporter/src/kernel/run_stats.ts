import { closeSync } from 'node:fs';
import { errno } from '../libc.js';
import { libbpf } from './libbpf.js';
import { Refusal } from './refusal.js';

/** What the kernel measured of a program while its statistics were on. */
export interface RunStats {
  /** The program's number in the kernel. */
  id: number;
  /** Nanoseconds on all CPUs, with one reading of the clock for each run. */
  ns: number;
  runs: number;
}

/** Where they lie in struct bpf_prog_info of include/uapi/linux/bpf.h, since 5.1. */
const ID = 4;
const RUN_TIME_NS = 192;
const RUN_CNT = 200;
const INFO_SIZE = RUN_CNT + 8;

/** BPF_STATS_RUN_TIME */
const RUN_TIME = 0;

/**
 * Lets the kernel measure every BPF program of this machine until the returned function is called: two readings of the
 * clock at each run. Ends by itself with this process. Throws `Refusal`.
 */
export function startRunStats(): () => void {
  const fd = libbpf().enableStats(RUN_TIME) as number;
  if (fd < 0) throw new Refusal(`the kernel does not measure programs (error ${errno()})`);
  return () => closeSync(fd);
}

/** What was measured so far of the program behind a descriptor. */
export function readRunStats(program: number): RunStats {
  const info = Buffer.alloc(INFO_SIZE);
  if ((libbpf().objectInfo(program, info, [INFO_SIZE]) as number) < 0)
    throw new Error(`The program behind descriptor ${program} cannot be asked (error ${errno()}).`);
  return {
    id: info.readUInt32LE(ID),
    ns: Number(info.readBigUInt64LE(RUN_TIME_NS)),
    runs: Number(info.readBigUInt64LE(RUN_CNT)),
  };
}
