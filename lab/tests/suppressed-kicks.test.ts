/**
 * The kicks that a guest saved, which the emulated host is, counted on request: against its drivers, and a kprobe on the
 * function that they ask.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabHost } from '../host.js';
import { buildExporter, scrape, startTrapline } from '../trapline.js';
import { KernelProbes } from './kernel-probes.js';
import { kernelsFor } from './kernels.js';
import { sumOf } from './metrics.js';
import { sendFrames } from './pktgen.js';

/** A card of the guest and one of another driver, on one cable. */
const CARDS = [
  ...['-netdev', 'hubport,id=left,hubid=0', '-device', 'virtio-net-pci,netdev=left,addr=0x10'],
  ...['-netdev', 'hubport,id=right,hubid=0', '-device', 'e1000,netdev=right,addr=0x14'],
];
const GUEST_CARD = '0000:00:10.0';
const OTHER_CARD = '0000:00:14.0';
const FRAMES = 2000;

describe.each(kernelsFor('suppressed-kicks'))('on Linux %s', (kernel) => {
  let host: LabHost;
  let guestCard: { device: string; virtioIndex: number };
  let otherCard: string;

  beforeAll(async () => {
    await buildExporter();
    host = await LabHost.boot({ kernel, devices: CARDS });
    await host.must('echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6');
    await host.must('modprobe -a virtio_net e1000 pktgen');
    const list = async (folder: string) => (await host.must(`ls ${folder}`)).trim();
    const virtio = (await list(`/sys/bus/pci/devices/${GUEST_CARD} | grep ^virtio`)).slice('virtio'.length);
    guestCard = {
      device: await list(`/sys/bus/pci/devices/${GUEST_CARD}/virtio*/net`),
      virtioIndex: Number(virtio),
    };
    otherCard = await list(`/sys/bus/pci/devices/${OTHER_CARD}/net`);
    await host.must(`ip link set ${guestCard.device} up promisc on && ip link set ${otherCard} up`);
    await startTrapline(host, '127.0.0.1', '--collector.suppressed_kicks');
  });

  afterAll(async () => {
    await host?.stop();
  });

  it('counts, of all times that a driver asked whether to kick, those it was told not to', async () => {
    const { device, virtioIndex } = guestCard;
    // struct virtqueue, as both kernels have it: its device at 32, its number at 40.
    const probes = await KernelProbes.start(host, [
      `p:asked virtqueue_kick_prepare device=+0(+32($arg1)):s32 key=+40($arg1):u32 if device==${virtioIndex}`,
    ]);
    const read = async (): Promise<Counts> => {
      await host.must('sleep 1');
      const [text, asked] = [await scrape(host), await probes.read('asked')];
      const count = (what: string, queue: string): number =>
        sumOf(text, `trapline_virtqueue_${what}_total`, { device, queue });
      return Object.fromEntries(
        ['input.0', 'output.0'].flatMap((queue, number) => [
          [`${queue} kicks`, count('kicks', queue)],
          [`${queue} suppressed`, count('kicks_suppressed', queue)],
          [`${queue} asked`, asked.get(number) ?? 0],
        ]),
      );
    };
    const before = await read();
    await sendFrames(host, device, FRAMES);
    await sendFrames(host, otherCard, FRAMES);
    const counted = difference(before, await read());
    for (const queue of ['input.0', 'output.0']) {
      expect(counted[`${queue} asked`], queue).toBeGreaterThan(0);
      expect(counted[`${queue} kicks`]! + counted[`${queue} suppressed`]!, queue).toBe(
        counted[`${queue} asked`],
      );
    }
    // The generator hands over one frame at a time.
    expect(counted['output.0 asked']).toBe(FRAMES);
    expect(counted['output.0 kicks']).toBeGreaterThan(0);
    expect(counted['output.0 suppressed']).toBeGreaterThan(0);
  });
});

type Counts = Record<string, number>;

function difference(before: Counts, after: Counts): Counts {
  return Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - before[name]!]));
}
