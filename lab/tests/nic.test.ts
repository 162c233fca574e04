/**
 * Network cards of an emulated machine, two of them on one cable: their interrupts against /proc/interrupts, their polls
 * against the packets that the drivers count. The cards come after Trapline has started.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabHost } from '../host.js';
import { KERNEL_SERIES, type KernelSeries } from '../kernel.js';
import type { LabProcess } from '../process.js';
import { buildExporter, scrape, startTrapline } from '../trapline.js';
import { sumOf } from './metrics.js';

const KERNELS = (process.env['TRAPLINE_LAB_KERNELS']?.split(',') ?? KERNEL_SERIES) as readonly KernelSeries[];

/** Slots that are four apart share an interrupt line, which e1000 must use: it knows no messages. */
const VIRTIO = '0000:00:10.0';
const E1000 = '0000:00:14.0';
const NEIGHBOUR = '0000:00:18.0';

const CARDS = [
  ...['-netdev', 'hubport,id=left,hubid=0', '-device', 'virtio-net-pci,netdev=left,addr=0x10'],
  ...['-netdev', 'hubport,id=right,hubid=0', '-device', 'e1000,netdev=right,addr=0x14'],
  ...['-netdev', 'hubport,id=lonely,hubid=1', '-device', 'e1000,netdev=lonely,addr=0x18'],
];

const FRAMES = 2000;
const BURST = 64;

describe.each(KERNELS)('on Linux %s', (kernel) => {
  let host: LabHost;
  let near: string;
  let far: string;

  beforeAll(async () => {
    await buildExporter();
    host = await LabHost.boot({ kernel, modules: ['veth'], devices: CARDS });
    await host.must('echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6');
    await startTrapline(host);
  });

  afterAll(async () => {
    await host?.stop();
  });

  it('finds cards that come later, also in another namespace and on a shared line', async () => {
    await host.must('modprobe -a virtio_net e1000 && ip netns add far');
    const nameOf = async (card: string) => (await host.must(`basename $(find -L /sys/bus/pci/devices/${card} -maxdepth 4 -path '*/net/*' -prune)`)).trim();
    near = await nameOf(VIRTIO);
    far = await nameOf(E1000);
    const lonely = await nameOf(NEIGHBOUR);
    await host.must(`ip link set ${far} netns far && ip -n far link set ${far} up promisc on`);
    await host.must(`ip link set ${near} up promisc on && ip link set ${lonely} up`);
    console.log(await host.must('cat /proc/interrupts; grep . /sys/kernel/irq/*/actions'));
    await expect
      .poll(async () => (await interrupts(host)).map(([device, queue]) => `${device} ${queue}`), { timeout: 60_000 })
      .toEqual([]);
  });
});

/** What Trapline says of each queue, in the order of the text. */
async function interrupts(host: LabHost): Promise<[device: string, queue: string, count: number][]> {
  const lines = (await scrape(host)).matchAll(/^trapline_nic_interrupts_total\{device="(.*?)",queue="(.*?)"\} (\d+)$/gm);
  return [...lines].map(([, device, queue, count]) => [device!, queue!, Number(count)]);
}
