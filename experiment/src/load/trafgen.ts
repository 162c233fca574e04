/** trafgen of netsniff-ng: a program, for kernels without pktgen. */
import type { Load, LoadOrder, RunningLoad } from './load.js';
import { lookFor, onCpus } from '../methods/programs.js';
import { said } from '../methods/said.js';
import { quote } from '../shell/quote.js';

/** Headers of Ethernet, IPv4 and UDP. */
const HEADERS = 42;
const CHECK_SEQUENCE = 4;
const NOBODY = '02:00:00:00:00:99';

export const trafgen: Load = {
  name: 'trafgen',
  title: 'trafgen',
  detect: (shell) =>
    lookFor(shell, [{ program: 'trafgen', version: 'trafgen --version', debian: 'netsniff-ng' }]),

  /** Throws for a mixture of sizes, which it cannot send. */
  async start(order) {
    const { shell, device, rate, changes } = order;
    const counter = `cat /sys/class/net/${device}/statistics/tx_packets`;
    const before = Number(await shell.must(counter));
    const command = `trafgen --dev ${device} --cpus 1 --rate ${rate}pps ${quote(packetOf(order))}`;
    const program = await changes.spawn(shell, `start trafgen on ${device}`, onCpus(order.cpus, command));
    return {
      /** By the device, since it says nothing until it ends. */
      sent: async () => Number(await shell.must(counter)) - before,
      async stop() {
        await program.signal('INT');
        await program.gone();
        return said(program, (text) => {
          const count = /(\d+) packets outgoing/.exec(text)?.[1];
          return count === undefined ? undefined : Number(count);
        });
      },
    } satisfies RunningLoad;
  },
};

function packetOf({ size, flows, destination = NOBODY }: LoadOrder): string {
  if (size === 'any') throw new Error('trafgen sends one size of frames; use pktgen for any.');
  const [address, port] = flows === 'single' ? ['198.18.0.1', '1024'] : ['drnd()', 'drnd()'];
  const payload = `fill(0, ${size - CHECK_SEQUENCE - HEADERS})`;
  return `{ eth(da=${destination}), ipv4(saddr=${address}, daddr=198.51.100.9), udp(sp=${port}, dp=9), ${payload} }`;
}
