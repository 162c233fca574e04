/** Counters of one direction of a network device, as the host counts it. */
export interface Traffic {
  packets: number;
  bytes: number;
  errors: number;
  /** The column `drop`: for receive it includes what the hardware missed. */
  drops: number;
}

/** One line of /proc/net/dev. */
export interface DeviceCounters {
  name: string;
  receive: Traffic;
  transmit: Traffic;
}

/** Parses /proc/net/dev; lines that are not of a device are skipped. */
export function parseNetDev(text: string): DeviceCounters[] {
  const devices: DeviceCounters[] = [];
  for (const line of text.split('\n')) {
    const colon = line.lastIndexOf(':');
    if (colon < 0) continue;
    const columns = line
      .slice(colon + 1)
      .trim()
      .split(/ +/)
      .map(Number);
    if (columns.length < 16 || columns.some(Number.isNaN)) continue;
    devices.push({
      name: line.slice(0, colon).trimStart(),
      receive: { bytes: columns[0]!, packets: columns[1]!, errors: columns[2]!, drops: columns[3]! },
      transmit: { bytes: columns[8]!, packets: columns[9]!, errors: columns[10]!, drops: columns[11]! },
    });
  }
  return devices;
}
