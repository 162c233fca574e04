/** What the receive path of one CPU has counted since boot; numbers of 32 bits that start anew at 2^32. */
export interface SoftnetCounters {
  cpu: number;
  /** Passes of a packet through the receive path. */
  processed: number;
  /** Packets the CPU's backlog had no room for. */
  dropped: number;
  /** How often a round of polling ended with work left. */
  squeezed: number;
}

/** Since 7d58e6555870 (5.10). Before, a line is the CPU of its number among those that are online. */
const CPU_COLUMN = 12;

/** Parses /proc/net/softnet_stat, whatever number of columns the kernel has; lines of another form are skipped. */
export function parseSoftnet(text: string): SoftnetCounters[] {
  return text
    .split('\n')
    .map((line) => line.split(' '))
    .filter((columns) => columns.length >= 3 && columns.every((column) => /^[0-9a-f]{8}$/.test(column)))
    .map((columns, line) => {
      const [processed, dropped, squeezed] = columns.map((column) => Number.parseInt(column, 16));
      const cpu = Number.parseInt(columns[CPU_COLUMN] ?? line.toString(16), 16);
      return { cpu, processed: processed!, dropped: dropped!, squeezed: squeezed! };
    });
}
