import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { close, send } from '../../experiment/src/sensor/libc.js';
import { openFrameSender, openTap } from '../../experiment/src/sensor/network.js';
import { Devices } from '../src/machine/devices.js';
import { Exporter, until } from './exporter.js';
import { FRAME, layBridge, linkDetails, readFrames, sendFrames } from './frames.js';
import { ground, missing } from './ground.js';
import { enterOwnNetwork, ip } from './namespace.js';
import { falls, type Scrape } from './scrape.js';

const FRAMES = 1000;

/** Some 160 frames a second, 33 at once; 50 wait. */
const LIMIT = 'rate 80kbit burst 2000 limit 3000';

const SHORTER = 'rate 80kbit burst 2000 limit 1200';

describe.skipIf(!ground.root || !ground.btf)(`traffic control${missing('root', 'btf')}`, () => {
  let exporter: Exporter;
  let tap: number;
  const scrapes: Scrape[] = [];
  const scrape = async (): Promise<Scrape> => {
    scrapes.push(await exporter.scrape());
    return scrapes.at(-1)!;
  };
  /** What a stage of a device carried and dropped on the way out. */
  const counted = async (stage: string, device: string, direction = 'transmit') => {
    const labels = { stage, device, direction };
    const now = await scrape();
    return {
      series: now.find('trapline_path_drops_total', labels).length,
      carried: now.sum('trapline_path_packets_total', labels),
      dropped: now.sum('trapline_path_drops_total', labels),
    };
  };

  beforeAll(async () => {
    enterOwnNetwork();
    layBridge();
    exporter = await Exporter.start();
  });
  afterAll(() => exporter?.stop());

  beforeEach(async () => {
    scrapes.length = 0;
    tap = openTap('tap', 2 * FRAMES);
    ip('link set tap master bridge');
  });
  afterEach(() => {
    close(tap);
    expect(falls(scrapes)).toEqual([]);
  });

  it('loses in a tbf on a tap what its limit is too small for: sent = read + dropped', async () => {
    expect(await counted('qdisc', 'tap')).toEqual({ series: 1, carried: 0, dropped: 0 });
    tc(`qdisc replace dev tap root handle 1: tbf ${LIMIT}`);
    await sendFrames('source', FRAMES);
    const got = await readUntil((frames) => frames + dropsOf('tap') === FRAMES, tap);
    expect(dropsOf('tap')).toBe(FRAMES - got);
    expect(got).toBeLessThan(FRAMES);
    expect(await counted('qdisc', 'tap')).toEqual({ series: 1, carried: got, dropped: FRAMES - got });
    expect(await counted('tap', 'tap')).toEqual({ series: 1, carried: got, dropped: 0 });
  });

  it('shows what waits', async () => {
    tc('qdisc replace dev tap root handle 1: tbf rate 8bit burst 2000 limit 3000');
    await sendFrames('source', FRAMES);
    const waiting = 3000 / FRAME.length;
    await readUntil((frames) => frames + dropsOf('tap') === FRAMES - waiting, tap);
    expect(qdiscsOf('tap')).toMatchObject([{ qlen: waiting }]);
    expect((await scrape()).sum('trapline_qdisc_backlog_packets', { device: 'tap' })).toBe(waiting);
  });

  it('counts once what a queue inside an htb drops', async () => {
    tc(
      'qdisc replace dev tap root handle 1: htb default 10',
      'class add dev tap parent 1: classid 1:10 htb rate 80kbit burst 2k cburst 2k',
      'qdisc add dev tap parent 1:10 handle 10: pfifo limit 20',
    );
    await sendFrames('source', FRAMES);
    const got = await readUntil((frames) => frames + dropsOf('tap') === FRAMES, tap);
    expect(qdiscsOf('tap').map(({ kind, drops }) => [kind, drops])).toEqual([
      ['htb', FRAMES - got],
      ['pfifo', FRAMES - got],
    ]);
    expect(await counted('qdisc', 'tap')).toEqual({ series: 1, carried: got, dropped: FRAMES - got });
  });

  it('keeps what was dropped before another qdisc took the place of the first', async () => {
    let got = 0;
    const limits = [`handle 1: tbf ${LIMIT}`, `handle 1: tbf ${LIMIT}`, 'handle 2: pfifo limit 0'];
    for (const [i, limit] of limits.entries()) {
      if (i === 1) tc('qdisc del dev tap root');
      tc(`qdisc replace dev tap root ${limit}`);
      await scrape();
      await sendFrames('source', FRAMES);
      got += await readUntil((frames) => frames + dropsOf('tap') === FRAMES, tap);
      expect(await counted('qdisc', 'tap')).toEqual({
        series: 1,
        carried: got,
        dropped: (i + 1) * FRAMES - got,
      });
    }
    expect(dropsOf('tap')).toBe(FRAMES);
  });

  it('adds up the queues of a device that has several, and keeps what one of them had', async () => {
    ip('link add wide numtxqueues 2 type veth peer name far', 'link set wide up', 'link set far up');
    tc(
      'qdisc replace dev wide root handle 7: mq',
      `qdisc replace dev wide parent 7:1 handle 11: tbf ${LIMIT}`,
      `qdisc replace dev wide parent 7:2 handle 12: tbf ${LIMIT}`,
    );
    await until(() => linkDetails('wide').operstate === 'UP');
    let lost = 0;
    for (let round = 1; round <= 2; round++) {
      flood('wide', FRAMES);
      await until(() => idle('wide'));
      const got = received('far');
      const dropped = round * FRAMES - got;
      expect(await counted('qdisc', 'wide')).toEqual({ series: 1, carried: got, dropped });
      // What tc(8) shows is the sum of what is there now.
      expect(dropsOf('wide')).toBe(dropped - lost);
      lost = dropped;
      for (const queue of [1, 2])
        tc(`qdisc replace dev wide parent 7:${queue} handle 2${queue}: tbf ${SHORTER}`);
    }
    ip('link del wide');
  });

  it('tells what filters dropped on the way out from what they dropped on the way in', async () => {
    tc('qdisc add dev tap clsact', 'qdisc add dev port clsact');
    tc('filter add dev tap egress bpf da bytecode "1,6 0 0 2"');
    await sendFrames('source', FRAMES);
    await until(() => qdiscsOf('tap').find(({ kind }) => kind === 'clsact')!.drops === FRAMES);
    expect(await counted('tc', 'tap')).toEqual({ series: 1, carried: 0, dropped: FRAMES });
    expect(await counted('tc', 'tap', 'receive')).toEqual({ series: 1, carried: 0, dropped: 0 });
    expect(await counted('tap', 'tap')).toEqual({ series: 1, carried: 0, dropped: 0 });
    tc('filter del dev tap egress', 'filter add dev port ingress bpf da bytecode "1,6 0 0 2"');
    const before = (await counted('tc', 'port', 'receive')).carried;
    await sendFrames('source', FRAMES / 2);
    await until(() => qdiscsOf('port').find(({ kind }) => kind === 'clsact')!.drops === FRAMES / 2);
    expect(await counted('tc', 'port', 'receive')).toEqual({
      series: 1,
      carried: before,
      dropped: FRAMES / 2,
    });
    expect((await counted('tc', 'port')).dropped).toBe(0);
    tc('qdisc del dev port clsact');
  });

  it('is read of 2600 devices', async () => {
    const pairs = Array.from({ length: 1300 }, (_, i) => i);
    ip(...pairs.map((i) => `link add many${i} type veth peer name peer${i}`));
    tc(...pairs.map((i) => `qdisc add dev many${i} root pfifo limit ${i + 1}`));
    expect(new Devices().read().filter(({ name }) => /^(many|peer)\d/.test(name))).toHaveLength(2600);
    const found = (await scrape()).find('trapline_path_drops_total', { stage: 'qdisc' });
    expect(found.filter(({ labels }) => /^many/.test(labels['device']!))).toHaveLength(1300);
  });
});

/** Sends frames that the device's own qdisc may drop, which fails with ENOBUFS. */
function flood(device: string, count: number): void {
  const sender = openFrameSender(device);
  for (let i = 0; i < count; i++) send(sender, FRAME);
  close(sender);
}

/** Reads a tap until so many frames have come out of it or were dropped before it, and returns the former. */
async function readUntil(settled: (frames: number) => boolean, fd: number): Promise<number> {
  let frames = 0;
  await until(() => settled((frames += readFrames(fd))));
  return frames;
}

const idle = (device: string): boolean => qdiscsOf(device).every(({ qlen }) => qlen === 0);

const received = (device: string): number =>
  Number(readFileSync(`/sys/class/net/${device}/statistics/rx_packets`, 'utf8'));

interface Shown {
  kind: string;
  root?: boolean;
  drops: number;
  qlen: number;
}

/** As tc(8) shows them. */
const qdiscsOf = (device: string): Shown[] =>
  JSON.parse(
    execFileSync('tc', ['-s', '-j', 'qdisc', 'show', 'dev', device], { encoding: 'utf8' }),
  ) as Shown[];

const dropsOf = (device: string): number => qdiscsOf(device).find(({ root }) => root)!.drops;

/** Runs commands of tc(8), each without its first word. */
function tc(...commands: readonly string[]): void {
  execFileSync('tc', ['-batch', '-'], { input: commands.join('\n') });
}
