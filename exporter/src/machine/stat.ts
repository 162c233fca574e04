/** What is needed of /proc/<pid>/stat. */
export interface ProcessStat {
  pid: number;
  /** The program's short name: any bytes, also spaces and parentheses. */
  comm: string;
  /** The process that started it, or that takes care of it since that ended. */
  parent: number;
  /** Clock ticks from boot to the start of the process. */
  startTicks: number;
}

/** USER_HZ, in which /proc tells the start of a process. */
const NS_PER_TICK = 10_000_000;

/** What /proc tells of a start that the kernel knows in nanoseconds since boot. */
export const ticksOf = (startNs: number): number => Math.floor(startNs / NS_PER_TICK);

/** Parses /proc/<pid>/stat; undefined where the text is not of that form. */
export function parseStat(text: string): ProcessStat | undefined {
  const open = text.indexOf('(');
  const close = text.lastIndexOf(')');
  if (open < 0 || close < open) return undefined;
  // Field 3 is the first one after the name, so field 22 is at index 19.
  const fields = text
    .slice(close + 1)
    .trim()
    .split(' ');
  const pid = Number.parseInt(text.slice(0, open), 10);
  const startTicks = Number(fields[19]);
  if (!Number.isSafeInteger(pid) || !Number.isFinite(startTicks)) return undefined;
  return { pid, comm: text.slice(open + 1, close), parent: Number(fields[1]), startTicks };
}
