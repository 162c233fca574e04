import { closeSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { errno, libc } from '../libc.js';
import { Refusal } from './refusal.js';

const perfEventOpen = libc.func(
  'long syscall(long number, const void *attributes, int process, int cpu, int group, unsigned long flags)',
);

/** Numbers of perf_event_open. */
const NUMBERS: Partial<Record<NodeJS.Architecture, number>> = { x64: 298, arm64: 241 };

/** include/uapi/linux/perf_event.h */
const PERF_TYPE_SOFTWARE = 1;
const PERF_COUNT_SW_CPU_CLOCK = 0n;
const PERF_ATTR_SIZE_VER0 = 64;
const FLAG_DISABLED = 1n << 0n;
const FLAG_FREQUENCY = 1n << 10n;
const PERF_FLAG_FD_CLOEXEC = 8;
const ALL_PROCESSES = -1;
const NO_GROUP = -1;

const MAX_RATE = '/proc/sys/kernel/perf_event_max_sample_rate';

/** Opens the clock of a CPU that samples so many times a second whatever runs there. Throws `Refusal`. */
export function openClock(cpu: number, hertz: number): number {
  const number = NUMBERS[process.arch];
  if (number === undefined) throw new Refusal(`not known on ${process.arch}`);
  const fd = Number(
    perfEventOpen(number, clock(hertz), ALL_PROCESSES, cpu, NO_GROUP, PERF_FLAG_FD_CLOEXEC) as
      number | bigint,
  );
  if (fd >= 0) return fd;
  throw refusal(errno(), cpu, hertz);
}

export const closeClock = (fd: number): void => closeSync(fd);

/** A struct perf_event_attr. */
function clock(hertz: number): Buffer {
  const attributes = Buffer.alloc(PERF_ATTR_SIZE_VER0);
  attributes.writeUInt32LE(PERF_TYPE_SOFTWARE, 0);
  attributes.writeUInt32LE(PERF_ATTR_SIZE_VER0, 4);
  attributes.writeBigUInt64LE(PERF_COUNT_SW_CPU_CLOCK, 8);
  attributes.writeBigUInt64LE(BigInt(hertz), 16);
  attributes.writeBigUInt64LE(FLAG_DISABLED | FLAG_FREQUENCY, 40);
  return attributes;
}

function refusal(errno: number, cpu: number, hertz: number): Refusal {
  const { EINVAL, EPERM, EACCES, ENODEV } = constants.errno;
  const most = Number(readFileSync(MAX_RATE, 'utf8'));
  if (errno === EINVAL && hertz > most)
    return new Refusal(
      `${hertz} samples a second are more than kernel.perf_event_max_sample_rate allows (${most})`,
    );
  if (errno === EPERM || errno === EACCES)
    return new Refusal(
      `perf_event_open is not permitted: a container needs CAP_PERFMON and a seccomp profile that allows it`,
    );
  if (errno === ENODEV) return new Refusal(`CPU ${cpu} has gone offline`);
  return new Refusal(`perf_event_open on CPU ${cpu}: error ${errno}`);
}
