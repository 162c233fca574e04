/**
 * The path of a packet through NICs that this machine does not have, and past this kernel through one that is lent to a
 * guest. Frames come over a cable from this process, which knows how many it sent.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Totals } from '../guests/capture-sensor.js';
import { Scrape, parseScrape } from '../../exporter/test/scrape.js';
import { guestNameArguments } from '../guests/guest-name.js';
import { LabHost } from '../host.js';
import { buildExporter, scrape, startTrapline } from '../trapline.js';
import { kernelsFor } from './kernels.js';
import { sumOf } from './metrics.js';
import { Told } from './told.js';

const DRIVERS = ['e1000', 'e1000e'] as const;

/** An IOMMU, behind which a NIC can be lent. */
const LENT = '0000:00:14.0';
const LENDING = ['-machine', 'q35', '-device', 'amd-iommu', '-device', 'e1000,addr=0x14'];

const FRAMES = 500;
/** What fits into the queue of a guest's card. */
const QUEUE = 100;
/** What waits on the cable for certain, in the buffer of a socket. */
const BURST = 50;

/** To everybody, of a protocol for experiments (IEEE 802, 0x88b5), of the least length there is. */
const TO_ALL = new Array<number>(6).fill(0xff);
const FRAME = Uint8Array.of(...TO_ALL, 2, 0, 0, 0, 0, 1, 0x88, 0xb5, ...new Uint8Array(46));

/** LLDP with a VLAN tag, which no protocol of the host takes. */
const TAGGED_FRAME = Uint8Array.of(
  ...TO_ALL,
  ...[2, 0, 0, 0, 0, 1],
  ...[0x81, 0x00, 0, 5, 0x88, 0xcc],
  ...new Uint8Array(42),
);
const TAGGED_FRAMES = 300;

describe.each(kernelsFor('path'))('on Linux %s', (kernel) => {
  let host: LabHost;
  const cables = new Map<string, Cable>();

  beforeAll(async () => {
    await buildExporter();
    for (const driver of DRIVERS) cables.set(driver, await Cable.lay());
    const devices = DRIVERS.flatMap((driver) => [
      ...['-netdev', `socket,id=${driver},${cables.get(driver)!.ends}`],
      ...['-device', `${driver},netdev=${driver}`],
    ]);
    host = await LabHost.boot({ kernel, devices: [...devices, ...LENDING] });
    await host.must('modprobe -a kvm_amd vfio-pci');
    await host.must(`echo vfio-pci > /sys/bus/pci/devices/${LENT}/driver_override`);
    await host.must(`echo ${LENT} > /sys/bus/pci/drivers_probe`);
    await host.must('echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6');
    await host.must(`modprobe -a ${DRIVERS.join(' ')}`);
    await startTrapline(host);
  });

  afterAll(async () => {
    for (const cable of cables.values()) cable.cut();
    await host?.stop();
  });

  it.each(DRIVERS)('a NIC of the driver %s counts what its driver then counts', async (driver) => {
    const device = await deviceOf(host, driver);
    await host.must(`ip link set ${device} up`);
    await until(async () => (await host.must(`cat /sys/class/net/${device}/carrier`)) === '1\n');
    const counted = async (metric: string, stage: string): Promise<number> =>
      sumOf(await scrape(host), `trapline_path_${metric}_total`, { stage, device, direction: 'receive' });
    for (let sent = BURST; sent <= FRAMES; sent += BURST) {
      await cables.get(driver)!.send(BURST);
      await until(async () => (await counted('packets', 'nic_driver')) === sent);
    }
    // The hardware's counters are fetched every two seconds.
    await until(async () => (await counted('packets', 'nic_hardware')) === FRAMES);
    expect(await counted('bytes', 'nic_hardware')).toBe(FRAMES * (FRAME.length + CHECKSUM));
    expect(await counted('drops', 'nic_hardware')).toBe(0);
    const info = { device, driver, drops: 'driver' };
    expect(sumOf(await scrape(host), 'trapline_nic_hardware_info', info)).toBe(1);
  });

  it.each(DRIVERS)(
    'what %s brings to a capture socket, and no protocol takes, is no loss',
    async (driver) => {
      const device = await deviceOf(host, driver);
      await host.must(`ip link set ${device} up`);
      await until(async () => (await host.must(`cat /sys/class/net/${device}/carrier`)) === '1\n');
      const sensor = await Told.start(host, 'capture-sensor', `--device ${device} --method v3 --blocks 64`);
      const look = async () => {
        const text = await scrape(host);
        const drops = text
          .split('\n')
          .filter((line) => line.startsWith('trapline_path_drops_total{') && line.includes(`"${device}"`));
        const booked = Number(await host.must(`cat /sys/class/net/${device}/statistics/rx_dropped`));
        return { drops, booked, said: sumOf(text, 'trapline_path_rx_dropped_total', { device }) };
      };
      const before = await look();
      for (let sent = BURST; sent <= TAGGED_FRAMES; sent += BURST) {
        await cables.get(driver)!.send(BURST, TAGGED_FRAME);
        await until(async () => (await sensor.tell<Totals>('totals')).packets === sent);
      }
      const after = await look();
      expect(await sensor.tell<Totals>('totals')).toMatchObject({ packets: TAGGED_FRAMES, drops: 0 });
      await sensor.stop();
      expect(after.drops).toEqual(before.drops);
      expect(after.booked - before.booked).toBe(TAGGED_FRAMES);
      expect(after.said - before.said).toBe(TAGGED_FRAMES);
    },
  );

  it('counts what guests in another network namespace lose at a tap and at a macvtap', async () => {
    await host.must(LAY_POD);
    const inPod = (program: string, options: string): Promise<Told> =>
      Told.start(host, program, options, 'ip netns exec pod');
    for (const [device, from, options] of [
      ['tap0', 'tap0', `--tap tap0 --length ${QUEUE}`],
      ['mvt', 'source', '--file /run/mvt'],
    ] as const) {
      const vm = `pod-${device}`;
      const guest = await inPod('tap-holder', `${options} ${guestNameArguments(vm).join(' ')}`);
      const sender = await inPod('frame-sender', `--device ${from}`);
      await sender.tell(`${FRAMES}`);
      const counted = async (metric: string): Promise<number> =>
        sumOf(await scrape(host), `trapline_path_${metric}_total`, {
          ...{ stage: 'tap', device, vm, direction: 'transmit' },
        });
      // The types of the modules that have just come are known within 5 s.
      await until(async () => (await counted('drops')) === FRAMES - QUEUE);
      expect(await guest.tell('take')).toBe(QUEUE);
      expect([await counted('packets'), await counted('drops')]).toEqual([QUEUE, FRAMES - QUEUE]);
      await sender.stop();
      await guest.stop();
    }
  });

  it('follows a VLAN-filtering bridge and a VLAN on a bond to the devices of the bond', async () => {
    await host.must(LAY_BOND);
    const options = `--tap tagged0 --length ${QUEUE} ${guestNameArguments('tagged').join(' ')}`;
    const guest = await Told.start(host, 'tap-holder', options);
    await host.must('ip link set tagged0 master bond-br');
    const hops = async () =>
      new Scrape(parseScrape(await scrape(host)))
        .find('trapline_path_hop_info', { vm: 'tagged' })
        .map(({ labels: { hop, kind, device, next } }) => [hop, kind, device, next].join(' '));
    await until(async () => (await hops()).length > 2);
    expect(await hops()).toEqual([
      '0 tap tagged0 ',
      '1 bridge bond-br tagged0',
      '2 vlan bond0.10 bond-br',
      '3 bond bond0 bond0.10',
      '4 veth leg0 bond0',
      '4 veth leg1 bond0',
      '5 veth far0 leg0',
      '5 veth far1 leg1',
      '6 host  far0',
      '6 host  far1',
    ]);
    await guest.stop();
  });

  it('says which guest a NIC is lent to, whose packets nobody here counts', async () => {
    const invisible = async (): Promise<number> =>
      sumOf(await scrape(host), 'trapline_path_invisible', {
        ...{ vm: 'borrower', device: LENT, reason: 'passthrough' },
      });
    const group = (await host.must(`basename $(readlink /sys/bus/pci/devices/${LENT}/iommu_group)`)).trim();
    const program = 'node --import tsx lab/guests/port-writer.ts --wait --writes 0';
    const guest = [program, ...guestNameArguments('borrower')].join(' ');
    const holder = await host.spawn(`bash -c 'exec 9<>/dev/vfio/${group}; exec ${guest}'`);
    await until(async () => (await invisible()) === 1);
    await holder.stop('KILL');
    await until(async () => (await invisible()) === 0);
  });
});

/** The network of a pod with a VM: a tap, and a macvtap on a cable, whose file is /run/mvt. */
const LAY_POD = `modprobe -a tun macvtap veth && ip netns add pod && cat > /run/lay-pod <<'END' && ip netns exec pod sh -e /run/lay-pod
echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6
ip link add source type veth peer name sensed && ip link set source up && ip link set sensed up
ip link add link sensed name mvt txqueuelen ${QUEUE} type macvtap mode passthru && ip link set mvt up
mknod /run/mvt c $(tr : ' ' < /sys/class/macvtap/tap$(cat /sys/class/net/mvt/ifindex)/dev)
END`;

const LAY_BOND = `modprobe -a veth bridge 8021q && modprobe bonding max_bonds=0
for n in 0 1; do ip link add far$n type veth peer name leg$n && ip link set far$n up; done
ip link add bond0 type bond mode active-backup && ip link set leg0 master bond0 && ip link set leg1 master bond0
ip link set bond0 up && ip link add bond0.10 link bond0 type vlan id 10 && ip link set bond0.10 up
ip link add bond-br type bridge mcast_snooping 0 vlan_filtering 1 && ip link set bond-br up
ip link set bond0.10 master bond-br`;

/** Which e1000 and e1000e count among a frame's bytes. */
const CHECKSUM = 4;

/** A cable into the emulated machine: QEMU takes each datagram on the loopback for a frame. */
class Cable {
  private constructor(
    private readonly socket: Socket,
    private readonly port: number,
  ) {}

  static async lay(): Promise<Cable> {
    const [socket, other] = [await openPort(), await openPort()];
    const { port } = other.address();
    other.close();
    await once(other, 'close');
    return new Cable(socket, port);
  }

  /** As QEMU's netdev `socket` takes them. */
  get ends(): string {
    return `udp=127.0.0.1:${this.socket.address().port},localaddr=127.0.0.1:${this.port}`;
  }

  async send(frames: number, frame = FRAME): Promise<void> {
    for (let i = 0; i < frames; i++)
      await new Promise<void>((resolve, reject) =>
        this.socket.send(frame, this.port, '127.0.0.1', (error) => (error ? reject(error) : resolve())),
      );
  }

  cut(): void {
    this.socket.close();
  }
}

async function openPort(): Promise<Socket> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

async function deviceOf(host: LabHost, driver: string): Promise<string> {
  const found = await host.must(`ls -d /sys/bus/pci/drivers/${driver}/*/net/*`);
  return found.trim().replace(/^.*\//, '');
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  await expect.poll(condition, { timeout: 60_000, interval: 500 }).toBe(true);
}
