import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guestNameArguments } from '../../lab/guests/guest-name.js';
import { parseNetDev, type Traffic } from './netdev.js';
import { Exporter, until } from './exporter.js';
import { ground, missing } from './ground.js';
import { enterOwnNetwork, ip } from './namespace.js';
import { falls, parseScrape, Scrape } from './scrape.js';
import { Told } from './told.js';

const GUESTS = join(import.meta.dirname, '../../lab/guests');
const FRAMES = 20_000;
const LINGER = 5;

const HOSTILE = 'a"b\nc{},😀';
/** No interface may have a slash, a colon or white space in its name. */
const CARD = { before: 'card', after: 'c"{},\\=😀' };
const TAP = { before: 'tap', after: 't"{},\\=😀' };

const PACKETS = 'trapline_path_packets_total';
const DROPS = 'trapline_path_drops_total';
const DELIVERED = 'trapline_capture_packets_total';
const LOST = 'trapline_capture_drops_total';

/** Frames come over a cable into a bridge, where a sensor captures them; behind the bridge is the tap of a VM. */
describe.skipIf(!ground.root || !ground.btf || !ground.kvm)(
  `interfaces that are renamed under traffic, among hostile names${missing('root', 'btf', 'kvm')}`,
  () => {
    const scrapes: Scrape[] = [];
    let exporter: Exporter;
    let vm: ChildProcess;
    let sensor: Told;
    let sender: Told;

    beforeAll(async () => {
      enterOwnNetwork();
      layNetwork();
      exporter = await Exporter.start('--linger', String(LINGER));
      vm = startVm();
      sensor = await start('capture-sensor.ts', '--method', 'v3', '--device', CARD.before, '--name', HOSTILE);
      sender = await start('frame-sender.ts', '--device', 'source');
      await until(async () => (await look()).find(PACKETS, towards(TAP.before)).length > 0);
    });

    afterAll(async () => {
      await sender?.stop();
      await sensor?.stop();
      const gone = vm && once(vm, 'exit');
      vm?.kill('SIGKILL');
      await gone;
      await exporter?.stop();
    });

    /** One more scrape, which promtool takes without a word. */
    const look = async (): Promise<Scrape> => {
      const text = await exporter.text('/metrics');
      const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
        input: text,
        encoding: 'utf8',
      });
      expect({ status, said: stdout + stderr }).toEqual({ status: 0, said: '' });
      scrapes.push(new Scrape(parseScrape(text)));
      return scrapes.at(-1)!;
    };

    it('keep every count', async () => {
      const sending = sender.tell<number>(`${FRAMES}`);
      for (const { before, after } of [CARD, TAP]) {
        await until(
          async () => (await look()).sum(PACKETS, towards(TAP.before)) > 0 || before === CARD.before,
        );
        execFileSync('ip', ['link', 'set', before, 'name', after]);
        await look();
      }
      expect(await sending).toBe(FRAMES);

      const now = await look();
      const { packets, drops } = await sensor.tell<{ packets: number; drops: number }>('totals');
      const captured = { process: HOSTILE, method: 'v3' };
      expect(packets).toBe(FRAMES);
      expect(now.sum('trapline_capture_sockets', { ...captured, device: CARD.after })).toBe(1);
      // A kernel that refuses hooks on functions gives no counts.
      const counts = now.find('trapline_program_attached', { collector: 'capture' });
      if (counts.every(({ value }) => value === 1)) {
        expect(now.sum(DELIVERED, captured)).toBe(packets - drops);
        expect(now.sum(LOST, captured)).toBe(drops);
        expect(now.sum(LOST, { ...captured, device: CARD.after })).toBeGreaterThan(0);
      } else {
        expect([...now.find(DELIVERED), ...now.find(LOST)]).toEqual([]);
      }

      // What QEMU is too slow for is lost in the queue of the tap.
      await until(() => sent(TAP.after).packets + sent(TAP.after).drops === FRAMES);
      const end = await look();
      expect(end.sum(PACKETS, towards(TAP.after))).toBe(sent(TAP.after).packets);
      expect(end.sum(DROPS, towards(TAP.after))).toBe(sent(TAP.after).drops);
    });

    it('leave nothing under their old names', async () => {
      await until(async () => {
        const devices = (await look()).samples.map(({ labels }) => labels['device']);
        return !devices.includes(CARD.before) && !devices.includes(TAP.before);
      });
    });

    it('never make a counter fall, nor the exporter complain', () => {
      expect(scrapes.length).toBeGreaterThan(5);
      expect(falls(scrapes)).toEqual([]);
      const warnings = exporter.log.split('\n').filter((line) => /"level":[4-6]0/.test(line));
      expect(warnings).toEqual([]);
    });
  },
);

const towards = (device: string): Record<string, string> => ({
  ...{ stage: 'tap', vm: HOSTILE, direction: 'transmit' },
  device,
});

function layNetwork(): void {
  ip(
    `link add source type veth peer name ${CARD.before}`,
    `tuntap add dev ${TAP.before} mode tap`,
    'link add bridge type bridge mcast_snooping 0',
    ...[CARD.before, TAP.before].map((name) => `link set ${name} master bridge up`),
    'link set source up',
    'link set bridge up',
  );
}

/** A QEMU that takes what comes to the tap and runs nothing. */
const startVm = (): ChildProcess =>
  spawn('qemu-system-x86_64', [
    ...['-accel', 'kvm', '-M', 'none', '-S', '-nodefaults', '-display', 'none'],
    ...['-netdev', `tap,id=n0,ifname=${TAP.before},script=no,downscript=no`],
    ...guestNameArguments(HOSTILE),
  ]);

/** Starts a program of the lab that is told what to do. */
const start = (program: string, ...args: string[]): Promise<Told> =>
  Told.start(process.execPath, ['--import', import.meta.resolve('tsx'), join(GUESTS, program), ...args]);

/** What the kernel says that went into a device and out of it, or was lost in it. */
const sent = (device: string): Traffic =>
  parseNetDev(readFileSync('/proc/net/dev', 'utf8')).find(({ name }) => name === device)!.transmit;
