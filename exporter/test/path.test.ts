import { execFileSync, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { close } from '../../experiment/src/sensor/libc.js';
import { openTap } from '../../experiment/src/sensor/network.js';
import { parseNetDev } from './netdev.js';
import { Exporter, freePort, until } from './exporter.js';
import { FRAME, layBridge, linkDetails, readFrames, sendFrames } from './frames.js';
import { ground, missing } from './ground.js';
import { enterOwnNetwork, ip } from './namespace.js';
import type { Scrape } from './scrape.js';
import { Told } from './told.js';

const FRAMES = 1000;
const TAP_QUEUE = 100;

describe.skipIf(!ground.root || !ground.btf)(`the path of a packet${missing('root', 'btf')}`, () => {
  let exporter: Exporter;
  beforeAll(async () => {
    enterOwnNetwork();
    exporter = await Exporter.start('--collector.drop_reasons');
  });
  afterAll(() => exporter?.stop());

  it('ends at a tap whose reader is stopped: sent = delivered + dropped', async () => {
    layBridge();
    const tap = openTap('tap', TAP_QUEUE);
    ip('link set tap master bridge');
    const counted = async (): Promise<{ delivered: number; dropped: number }> => {
      const scrape = await exporter.scrape();
      const labels = { stage: 'tap', device: 'tap', direction: 'transmit' };
      return {
        delivered: scrape.sum('trapline_path_packets_total', labels),
        dropped: scrape.sum('trapline_path_drops_total', labels),
      };
    };
    expect(await counted()).toEqual({ delivered: 0, dropped: 0 });
    await sendFrames('source', FRAMES);
    await until(() => transmitted(/^tap$/).dropped === FRAMES - TAP_QUEUE);
    expect(await counted()).toEqual({ delivered: 0, dropped: FRAMES - TAP_QUEUE });
    expect(readFrames(tap)).toBe(TAP_QUEUE);
    expect(await counted()).toEqual({ delivered: TAP_QUEUE, dropped: FRAMES - TAP_QUEUE });
    close(tap);
  });

  it('ends at the backlog of a CPU where one frame becomes more than fit into it', async () => {
    const branches = 34;
    plantTree(branches);
    const copies = (): number => transmitted(/^twig/).packets + transmitted(/^twig/).dropped;
    const drops = async (): Promise<number[]> => {
      const scrape = await exporter.scrape();
      const { dropped } = transmitted(/^(branch|twig)/);
      return [dropped, softnetDrops(scrape), scrape.sum('trapline_softnet_drops_total')];
    };
    const round = async (): Promise<number[]> => {
      const [before, sent] = [await drops(), copies()];
      await sendFrames('root', 1);
      await until(() => copies() === sent + branches ** 2);
      return (await drops()).map((count, i) => count - before[i]!);
    };
    // The backlog is the machine's: in some rounds frames of others may be dropped there too.
    await until(async () => {
      const [dropped, byDevice, byCpu] = await round();
      expect(dropped).toBeGreaterThan(0);
      return byDevice === dropped && byCpu === dropped;
    });
  });

  it.skipIf(!ground.kvm)(`is said to pass this kernel by over vhost-user${missing('kvm')}`, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'trapline-vhost-user-'));
    const qemu = spawn('qemu-system-x86_64', [
      ...['-accel', 'kvm', '-M', 'none', '-S', '-nodefaults', '-display', 'none', '-name', 'guest=fast'],
      ...['-chardev', `socket,id=c0,path=${directory}/backend,server=on,wait=off`],
      ...['-netdev', 'vhost-user,id=n0,chardev=c0'],
    ]);
    const gone = once(qemu, 'exit');
    const seen = async () => (await exporter.scrape()).find('trapline_path_invisible', { vm: 'fast' });
    await until(async () => qemu.exitCode !== null || (await seen()).length > 0);
    const series = await seen();
    qemu.kill('SIGKILL');
    await gone;
    rmSync(directory, { recursive: true });
    expect(series.map(({ labels, value }) => [labels, value])).toEqual([
      [{ vm: 'fast', device: 'n0', reason: 'vhost-user' }, 1],
    ]);
  });

  it('is said to meet an XDP program, which counts nothing, and by its id', async () => {
    ip('link add far type veth peer name near', 'link set far up', 'link set near up');
    const program = join(import.meta.dirname, '../../lab/guests/xdp-sensor.ts');
    const node = ['--import', import.meta.resolve('tsx'), program];
    const sensor = await Told.start(process.execPath, [...node, '--device', 'near', '--ring', '32']);
    const [{ xdp }] = JSON.parse(
      execFileSync('ip', ['-json', 'link', 'show', 'near'], { encoding: 'utf8' }),
    ) as [{ xdp: { prog: { id: number } } }];
    const labels = async (metric: string) =>
      (await exporter.scrape()).find(metric, { device: 'near' }).map(({ labels }) => labels);
    expect(await labels('trapline_path_invisible')).toEqual([{ vm: '', device: 'near', reason: 'xdp' }]);
    expect(await labels('trapline_xdp_program_info')).toEqual([
      { device: 'near', mode: 'generic', program: `${xdp.prog.id}` },
    ]);
    await sensor.stop();
    expect(await labels('trapline_path_invisible')).toEqual([]);
    ip('link del far');
  });

  it('ends for a reason that has the name of the running kernel', async () => {
    const socket = createSocket('udp4');
    const port = await freePort();
    const round = async (): Promise<number> => {
      const before = reasons(await exporter.scrape());
      for (let i = 0; i < FRAMES; i++) await sendDatagram(socket, port);
      return reasons(await exporter.scrape())['NO_SOCKET']! - (before['NO_SOCKET'] ?? 0);
    };
    // The whole machine is counted: in some rounds others may meet closed ports too.
    await until(async () => (await round()) === FRAMES);
    socket.close();
  });

  it('does not end where a sniffer looks at what is meant for others', async () => {
    ip('link add talker type veth peer name listener', 'link set talker up', 'link set listener up');
    await sendFrames('talker', FRAMES, FRAME.with(12, 0x08).with(13, 0x00));
    await until(() => otherhostDrops('listener') === FRAMES);
    expect(reasons(await exporter.scrape())['OTHERHOST']).toBeUndefined();
  });
});

describe.skipIf(!ground.root || !ground.btf)(`the reasons of drops${missing('root', 'btf')}`, () => {
  it('are not looked at unless asked for', async () => {
    const exporter = await Exporter.start();
    const scrape = await exporter.scrape();
    expect(scrape.find('trapline_collector_up', { collector: 'drop_reasons' })).toEqual([]);
    expect(scrape.find('trapline_program_attached', { collector: 'drop_reasons' })).toEqual([]);
    await exporter.stop();
  });
});

/**
 * Two bridges: what comes in at `root` goes over every branch to the second, which sends each of these copies over all of
 * its own branches. One CPU does it all in one go, so that branches² packets wait for it.
 */
function plantTree(branches: number): void {
  const cable = (from: string, to: string): string => `link add ${from} type veth peer name ${to}`;
  const numbers = Array.from({ length: branches }, (_, i) => i);
  ip(
    'link add trunk type bridge mcast_snooping 0',
    'link add bough type bridge mcast_snooping 0',
    cable('root', 'foot'),
    ...numbers.flatMap((i) => [cable(`branch${i}`, `fork${i}`), cable(`twig${i}`, `leaf${i}`)]),
    'link set foot master trunk',
    ...numbers.flatMap((i) => [
      `link set branch${i} master trunk`,
      `link set fork${i} master bough`,
      `link set fork${i} type bridge_slave isolated on`,
      `link set twig${i} master bough`,
    ]),
    ...['root', 'foot', 'trunk', 'bough'].map((name) => `link set ${name} up`),
    ...numbers.flatMap((i) => ['branch', 'fork', 'twig', 'leaf'].map((name) => `link set ${name}${i} up`)),
  );
}

/** What went into these devices and what they could not hand on, as the kernel says. */
function transmitted(devices: RegExp): { packets: number; dropped: number } {
  const found = parseNetDev(readFileSync('/proc/net/dev', 'utf8')).filter(({ name }) => devices.test(name));
  return {
    packets: found.reduce((sum, { transmit }) => sum + transmit.packets, 0),
    dropped: found.reduce((sum, { transmit }) => sum + transmit.drops, 0),
  };
}

/** Since Linux 5.19 the kernel counts by device what it drops because it is for another host. */
const otherhostDrops = (device: string): number => linkDetails(device).stats64.rx.otherhost ?? 0;

const softnetDrops = (scrape: Scrape): number =>
  scrape
    .find('trapline_path_drops_total')
    .reduce((sum, { labels, value }) => sum + (/softnet$/.test(labels['stage']!) ? value : 0), 0);

const reasons = (scrape: Scrape): Record<string, number> =>
  Object.fromEntries(
    scrape.find('trapline_drop_reasons_total').map(({ labels, value }) => [labels['reason'], value]),
  );

async function sendDatagram(socket: Socket, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) =>
    socket.send('x', port, '127.0.0.1', (error) => (error ? reject(error) : resolve())),
  );
}
