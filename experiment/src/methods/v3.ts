/** AF_PACKET with a ring of version 3, as every program on libpcap uses it: tcpdump, and softflowd for flows. */
import type { Method } from './method.js';
import { lookFor } from './programs.js';
import { startSoftflowd } from './softflowd.js';
import { startTcpdump } from './tcpdump.js';

const TCPDUMP = { program: 'tcpdump', version: 'tcpdump --version', debian: 'tcpdump' };
const SOFTFLOWD = { program: 'softflowd', version: 'softflowd -h', debian: 'softflowd' };

export const v3: Method = {
  name: 'v3',
  title: 'AF_PACKET V3 ring (libpcap)',
  monitors: ['null', 'flow'],
  detect: (shell, monitors) =>
    lookFor(
      shell,
      monitors.map((monitor) => (monitor === 'null' ? TCPDUMP : SOFTFLOWD)),
    ),
  start: (order) => (order.cell.monitor === 'null' ? startTcpdump(order) : startSoftflowd(order)),
};
