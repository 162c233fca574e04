/**
 * Open vSwitch in the kernel, without its process: what finds no flow is lost. Truth: what the generator sent, and what
 * ovs-dpctl shows.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabHost } from '../host.js';
import { buildExporter, scrape, startTrapline } from '../trapline.js';
import { kernelsFor } from './kernels.js';
import { sumOf } from './metrics.js';
import { sendFrames } from './pktgen.js';

const FRAMES = 1000;
const DATAPATH = `set -e
  ip link add source type veth peer name in && ip link add sink type veth peer name out
  for each in in out source sink; do ip link set $each up; done
  ovs-dpctl add-dp datapath
  ovs-dpctl add-if datapath in
  ovs-dpctl add-if datapath out`;

describe.each(kernelsFor('ovs'))('Open vSwitch on Linux %s', (kernel) => {
  let host: LabHost;

  beforeAll(async () => {
    await buildExporter();
    host = await LabHost.boot({ kernel, modules: ['veth', 'pktgen'] });
    await host.must('echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6');
    await startTrapline(host);
  });
  afterAll(async () => {
    await host?.stop();
  });

  const counted = async () => {
    const text = await scrape(host);
    const flow = (flow: string) => sumOf(text, 'trapline_ovs_packets_total', { device: 'datapath', flow });
    return {
      hit: flow('hit'),
      missed: flow('missed'),
      lost: sumOf(text, 'trapline_ovs_drops_total', { device: 'datapath' }),
    };
  };
  const shown = async () => {
    const text = await host.must('ovs-dpctl -s show datapath');
    const [, hit, missed, lost] = /lookups: hit:(\d+) missed:(\d+) lost:(\d+)/.exec(text)!;
    return { hit: Number(hit), missed: Number(missed), lost: Number(lost) };
  };

  it('is not loaded by being asked for', async () => {
    await scrape(host);
    expect(await host.must('ls /sys/module')).not.toMatch(/^openvswitch$/m);
  });

  it('loses what finds no flow, and none of what finds one', async () => {
    await host.must(DATAPATH);
    await sendFrames(host, 'source', FRAMES);
    expect(await shown()).toEqual({ hit: 0, missed: FRAMES, lost: FRAMES });
    expect(await counted()).toEqual({ hit: 0, missed: FRAMES, lost: FRAMES });
    await host.must("ovs-dpctl add-flow datapath 'in_port(1),eth(),eth_type(0x0800),ipv4()' 2");
    await sendFrames(host, 'source', FRAMES);
    expect(await shown()).toEqual({ hit: FRAMES, missed: FRAMES, lost: FRAMES });
    expect(await counted()).toEqual({ hit: FRAMES, missed: FRAMES, lost: FRAMES });
    expect(await host.must('cat /sys/class/net/sink/statistics/rx_packets')).toMatch(/^1000\s*$/);
  });
});
