/** What the scheduler has given a thread since its start, in nanoseconds. */
export interface SchedStat {
  /** On a CPU. */
  running: number;
  /** Ready, but waiting for a CPU. */
  runqueue: number;
}

/** Parses /proc/<pid>/schedstat; undefined where the text is not of that form. */
export function parseSchedstat(text: string): SchedStat | undefined {
  const match = /^(\d+) (\d+) \d+\n?$/.exec(text);
  return match ? { running: Number(match[1]), runqueue: Number(match[2]) } : undefined;
}
