import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parseNetDev } from './netdev.js';

const HEADER = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`;

it('reads bytes, packets, errors and drops of both directions', () => {
  const text = `${HEADER}    lo:    3193      29    0    0    0     0          0         0     3193      29    0    0    0     0       0          0
  eth0: 794912251   23380    1    2    3     4          5         6  1914757   13916    7    8    9    10      11         12
tap-très-long:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16
  a"b\\:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16
broken: 1 2 3
`;
  expect(parseNetDev(text)).toEqual([
    {
      name: 'lo',
      receive: { bytes: 3193, packets: 29, errors: 0, drops: 0 },
      transmit: { bytes: 3193, packets: 29, errors: 0, drops: 0 },
    },
    {
      name: 'eth0',
      receive: { bytes: 794912251, packets: 23380, errors: 1, drops: 2 },
      transmit: { bytes: 1914757, packets: 13916, errors: 7, drops: 8 },
    },
    ...['tap-très-long', 'a"b\\'].map((name) => ({
      name,
      receive: { bytes: 1, packets: 2, errors: 3, drops: 4 },
      transmit: { bytes: 9, packets: 10, errors: 11, drops: 12 },
    })),
  ]);
});

it('reads every device of this machine', () => {
  const names = parseNetDev(readFileSync('/proc/net/dev', 'utf8')).map((device) => device.name);
  const devices = readdirSync('/sys/class/net').filter((name) => name !== 'bonding_masters');
  expect(names.sort()).toEqual(devices.sort());
});
