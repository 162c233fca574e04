import {
  cpu_activity_row,
  idle_clock,
  onEveryCpu,
  onlineCpus,
  possibleCpus,
  Table,
} from '../../kernel/index.js';
import { linesOf } from '../../machine/index.js';

/** A symbol of the kernel itself; that of a per-CPU variable is an offset before 6.15. */
const SYMBOL = /^([0-9a-f]{16}) \w (\S+)$/;

const CLOCK_SYMBOLS = {
  tick_cpu_sched: 'tick_cpu_sched',
  kernel_cpustat: 'kernel_cpustat',
  __per_cpu_offset: 'per_cpu_offset',
} as const;

/** Teaches the program once where the kernel counts how long each CPU was idle, as far as kallsyms has the addresses. */
export function idleClockTeacher(table: (name: string) => number, proc = '/proc'): () => void {
  const clock = new Table(table('idle_clock'), idle_clock, 'write');
  let taught = false;
  return () => {
    if (taught) return;
    taught = true;
    const missing = new Set<string>(Object.keys(CLOCK_SYMBOLS));
    for (const line of linesOf(`${proc}/kallsyms`)) {
      const [, address, name = ''] = SYMBOL.exec(line) ?? [];
      if (!missing.delete(name)) continue;
      clock.setU64(0, CLOCK_SYMBOLS[name as keyof typeof CLOCK_SYMBOLS], BigInt(`0x${address}`));
      if (missing.size === 0) return;
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
