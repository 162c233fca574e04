import { readFileSync } from 'node:fs';
import {
  code_range,
  code_ranges_in_use,
  cpu_activity_row,
  hasCapabilities,
  idle_clock,
  onEveryCpu,
  onlineCpus,
  possibleCpus,
  Refusal,
  Table,
} from '../../kernel/index.js';
import { linesOf, readText } from '../../machine/index.js';
import { ACTIVITIES } from './activities.js';
import { codeRanges, type CodeRange } from './code_ranges.js';

/** Half of the table: one half is read while the other is written. */
const MOST = code_range.rows / 2;

/** Teaches the program which kernel code belongs to which activity, anew when modules have come or gone. */
export function codeTeacher(table: (name: string) => number, proc = '/proc'): () => void {
  const ranges = new Table(table('code_ranges'), code_range, 'write');
  const inUse = new Table(table('code_ranges_in_use'), code_ranges_in_use, 'write');
  let taughtWith: string | undefined;
  return () => {
    const modules = loadedModules(proc);
    if (modules === taughtWith) return;
    const all = codeRanges(linesOf(`${proc}/kallsyms`));
    if (all.length === 0) throw new Refusal(whyHidden(proc));
    demandRoom(all);
    const first = inUse.u32(0, 'first') === 0 ? MOST : 0;
    for (const [i, { start, activity }] of all.entries()) {
      ranges.setU64(first + i, 'start', start);
      ranges.setU32(first + i, 'activity', activity ? ACTIVITIES[activity] : 0);
    }
    // A sample between the two lines finds too few ranges, and no wrong one.
    inUse.setU32(0, 'count', 0);
    inUse.setU32(0, 'first', first);
    inUse.setU32(0, 'count', all.length);
    taughtWith = modules;
  };
}

/** A symbol of the kernel itself; that of a per-CPU variable is an offset before 6.15. */
const SYMBOL = /^([0-9a-f]{16}) \w (\S+)$/;

/** Teaches the program once where the kernel counts how long each CPU was idle; nothing where it is not told. */
export function idleClockTeacher(table: (name: string) => number, proc = '/proc'): () => void {
  const clock = new Table(table('idle_clock'), idle_clock, 'write');
  let taught = false;
  return () => {
    if (taught) return;
    taught = true;
    const addresses = new Map<string, bigint>();
    for (const line of linesOf(`${proc}/kallsyms`)) {
      const [, address, name] = SYMBOL.exec(line) ?? [];
      if (name === 'tick_cpu_sched' || name === '__per_cpu_offset')
        addresses.set(name, BigInt(`0x${address}`));
      if (addresses.size < 2) continue;
      clock.setU64(0, 'per_cpu_offset', addresses.get('__per_cpu_offset')!);
      clock.setU64(0, 'tick_cpu_sched', addresses.get('tick_cpu_sched')!);
      return;
    }
  };
}

/** Has the time in which a CPU was offline count as nothing. */
export function offlineTeacher(table: (name: string) => number, online = onlineCpus): () => void {
  const rows = new Table(table('cpu_activity_rows'), onEveryCpu(cpu_activity_row), 'write');
  return () => {
    const present = new Set(online());
    for (let cpu = 0; cpu < possibleCpus(); cpu++) if (!present.has(cpu)) rows.setU64(cpu, 'sampled_ns', 0n);
  };
}

/** kallsyms_show_value() in kernel/ksyms_common.c */
function whyHidden(proc: string): string {
  const hides = '/proc/kallsyms hides where functions are';
  if (Number(readText(`${proc}/sys/kernel/kptr_restrict`)) > 1)
    return `${hides}: set kernel.kptr_restrict to 1`;
  if (!hasCapabilities(['CAP_SYSLOG'])) return `${hides}: run as root, or with CAP_SYSLOG`;
  return '/proc/kallsyms names no listed function';
}

function demandRoom(ranges: readonly CodeRange[]): void {
  if (ranges.length > MOST)
    throw new Refusal(
      `/proc/kallsyms has ${ranges.length} ranges of listed code, more than the ${MOST} of the table`,
    );
}

/** Names and addresses: a module that was loaded again is somewhere else. Empty in a kernel without modules. */
function loadedModules(proc: string): string {
  let text: string;
  try {
    text = readFileSync(`${proc}/modules`, 'utf8');
  } catch {
    return '';
  }
  return text.replace(/^(\S+) .* (\S+) (0x[0-9a-f]+).*$/gm, '$1 $2 $3');
}
