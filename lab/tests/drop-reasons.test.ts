/**
 * Why packets were dropped, which is counted only on request, since its program runs for every one of them: against the text
 * of the kernel's tracepoint.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabHost } from '../host.js';
import { buildExporter, scrape, startTrapline } from '../trapline.js';
import { kernelsFor } from './kernels.js';
import { sumOf } from './metrics.js';

/** How many datagrams nobody takes, a queue refuses, and are meant for another host. */
const DROPPED = { NO_SOCKET: 137, QDISC_DROP: 61, OTHERHOST: 43 };

/** A device whose queue takes nothing, and a cable to an end that does not have the address that is written to. */
const DEAD_ENDS = `set -e
  ip link add blocked type dummy && ip address add 198.51.100.1/25 dev blocked && ip link set blocked up
  tc qdisc replace dev blocked root blackhole
  ip link add near type veth peer name far
  ip address add 198.51.100.129/25 dev near && ip link set near up && ip link set far up
  ip neighbour replace 198.51.100.2 lladdr 02:00:00:00:00:98 dev blocked nud permanent
  ip neighbour replace 198.51.100.130 lladdr 02:00:00:00:00:99 dev near nud permanent`;

describe.each(kernelsFor('drop-reasons'))('on Linux %s', (kernel) => {
  let host: LabHost;

  beforeAll(async () => {
    await buildExporter();
    host = await LabHost.boot({ kernel, modules: ['dummy', 'veth'] });
    await host.must('echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6');
    await host.must(DEAD_ENDS);
    await startTrapline(host, '127.0.0.1', '--collector.drop_reasons');
  });

  afterAll(async () => {
    await host?.stop();
  });

  it('counts drops by the reason that the kernel prints', async () => {
    const ours = async (): Promise<Counts> => {
      const text = await scrape(host);
      const of = (reason: string): number => sumOf(text, 'trapline_drop_reasons_total', { reason });
      return Object.fromEntries(Object.keys(DROPPED).map((reason) => [reason, of(reason)]));
    };
    const before = await ours();
    await host.must(`cd /sys/kernel/tracing && echo 8192 > buffer_size_kb && echo 1 > events/skb/kfree_skb/enable
      write() { for i in $(seq $2); do echo lost > /dev/udp/$1/9 || true; done; }
      write 127.0.0.1 ${DROPPED.NO_SOCKET}
      write 198.51.100.2 ${DROPPED.QDISC_DROP}
      write 198.51.100.130 ${DROPPED.OTHERHOST}
      sleep 1; echo 0 > events/skb/kfree_skb/enable`);
    const trace = await host.must('cat /sys/kernel/tracing/trace');
    const traced = (reason: string): number => trace.split(`reason: ${reason}\n`).length - 1;
    expect(Object.fromEntries(Object.keys(DROPPED).map((reason) => [reason, traced(reason)]))).toEqual(
      DROPPED,
    );
    expect(difference(before, await ours())).toEqual({ ...DROPPED, OTHERHOST: 0 });
  });
});

type Counts = Record<string, number>;

function difference(before: Counts, after: Counts): Counts {
  return Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - before[name]!]));
}
