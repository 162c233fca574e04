import { readdirSync } from 'node:fs';
import { readText } from './read.js';
import { parseStat } from './stat.js';

/**
 * The ids of the threads of the process that has the key `pid:startTicks`; undefined when that process is gone, also where
 * its pid belongs to another one now.
 */
export function threadsOf(key: string, proc = '/proc'): ReadonlySet<number> | undefined {
  const [pid, startTicks] = key.split(':').map(Number);
  const stat = parseStat(readText(`${proc}/${pid}/stat`) ?? '');
  if (stat?.startTicks !== startTicks) return undefined;
  try {
    return new Set(readdirSync(`${proc}/${pid}/task`).map(Number));
  } catch {
    return undefined;
  }
}
