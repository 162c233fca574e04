/**
 * What bridges drop, on kernels that give few reasons or none, with the bridge as a module. Truth: what the generator sent, and
 * what the ports counted.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabHost } from '../host.js';
import { buildExporter, scrape, startTrapline } from '../trapline.js';
import { kernelsFor } from './kernels.js';
import { sumOf } from './metrics.js';
import { sendFrames } from './pktgen.js';

const FRAMES = 1000;
const BRIDGE = `set -e
  ip link add bridge type bridge mcast_snooping 0
  ip link add source type veth peer name in && ip link add sink type veth peer name out
  ip link set in master bridge && ip link set out master bridge
  for each in bridge in out source sink; do ip link set $each up; done`;

/** Where pktgen sends to (pktgen.ts). */
const STRANGER = '02:00:00:00:00:99';

interface Case {
  before: string;
  after: string;
  port: 'in' | 'out';
}

const cases: Record<string, Case> = {
  'know the address behind the port it came from': {
    before: `bridge fdb replace ${STRANGER} dev in master static`,
    after: `bridge fdb del ${STRANGER} dev in master`,
    port: 'in',
  },
  'flood between isolated ports': {
    before: 'ip link set in type bridge_slave isolated on && ip link set out type bridge_slave isolated on',
    after: 'ip link set in type bridge_slave isolated off && ip link set out type bridge_slave isolated off',
    port: 'in',
  },
  'send to a port whose VLAN they do not have': {
    before: 'ip link set bridge type bridge vlan_filtering 1 && bridge vlan del dev in vid 1',
    after: 'bridge vlan add dev in vid 1 pvid untagged && ip link set bridge type bridge vlan_filtering 0',
    port: 'in',
  },
};

describe.each(kernelsFor('bridge-drops'))('bridges on Linux %s', (kernel) => {
  let host: LabHost;

  beforeAll(async () => {
    await buildExporter();
    host = await LabHost.boot({ kernel, modules: ['bridge', 'veth', 'pktgen'] });
    await host.must('echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6');
    await host.must(BRIDGE);
    await startTrapline(host);
  });
  afterAll(async () => {
    await host?.stop();
  });

  const dropped = async (): Promise<{ all: number; in: number; out: number }> => {
    const text = await scrape(host);
    const at = (port: string): number =>
      sumOf(text, 'trapline_bridge_drop_reasons_total', { device: 'bridge', port });
    const all = sumOf(text, 'trapline_bridge_drops_total', { device: 'bridge' });
    return { all, in: at('in'), out: at('out') };
  };
  const forwarded = async (): Promise<number> =>
    Number(await host.must('cat /sys/class/net/out/statistics/tx_packets'));

  it.each(Object.entries(cases))('that %s drop and count all', async (_, { before, after, port }) => {
    await host.must(before);
    const [counted, out] = [await dropped(), await forwarded()];
    await sendFrames(host, 'source', FRAMES);
    expect(await forwarded()).toBe(out);
    expect(await dropped()).toEqual({
      ...counted,
      all: counted.all + FRAMES,
      [port]: counted[port] + FRAMES,
    });
    await host.must(after);
  });

  it('that forward all drop nothing', async () => {
    const [counted, out] = [await dropped(), await forwarded()];
    await sendFrames(host, 'source', FRAMES);
    expect(await forwarded()).toBe(out + FRAMES);
    expect(await dropped()).toEqual(counted);
  });
});
