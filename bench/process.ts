/** What a process takes, as the kernel counts it. */
import { readdirSync, readFileSync } from 'node:fs';

/** MB: what is resident, and with pages that several processes share divided among them. */
export interface Memory {
  rss: number;
  pss: number;
}

/** Milliseconds that the threads of a process were on a processor. A thread that ends takes its time with it. */
export function processorTime(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const time = (thread: string): number =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
  return threads.reduce((sum, thread) => sum + time(thread), 0) / 1e6;
}

export function memoryOf(pid: number): Memory {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const megabytes = (field: string): number =>
    Number(new RegExp(`^${field}: +(\\d+) kB`, 'm').exec(text)![1]) / 1024;
  return { rss: megabytes('Rss'), pss: megabytes('Pss') };
}
