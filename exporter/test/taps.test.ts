import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { guestNameArguments } from '../../lab/guests/guest-name.js';
import { Exporter, until } from './exporter.js';
import { ground, missing } from './ground.js';
import { enterOwnNetwork, ip } from './namespace.js';
import type { Scrape } from './scrape.js';
import { Told } from './told.js';
import { Wire } from './wire.js';

const GUESTS = join(import.meta.dirname, '../../lab/guests');
const QUEUE = 500;

/** What a VM's card got, and what its host lost for it, of what was sent towards it. */
interface Card {
  carried: number;
  lost: number;
}

/**
 * Cards of VMs that take frames only when told to: what was sent is what fits into the queue, what the reader then gets, and
 * what was lost. The kernel's own counters, read in the namespace of the device, say the same.
 */
describe.skipIf(!ground.root || !ground.btf || !ground.kvm)(
  `the taps of VMs${missing('root', 'btf', 'kvm')}`,
  () => {
    let exporter: Exporter;
    const wires: Wire[] = [];
    const programs: Told[] = [];

    beforeAll(async () => {
      enterOwnNetwork();
      exporter = await Exporter.start();
    });
    afterEach(async () => {
      await Promise.all(programs.splice(0).map((program) => program.stop()));
      await Promise.all(wires.splice(0).map((wire) => wire.cut()));
    });
    afterAll(() => exporter?.stop());

    const layWire = async (): Promise<Wire> => {
      const wire = await Wire.lay();
      wires.push(wire);
      return wire;
    };

    const start = async (program: string, ...args: string[]): Promise<Told> => {
      const node = ['--import', import.meta.resolve('tsx'), join(GUESTS, program), ...args];
      const told = await Told.start(process.execPath, node);
      programs.push(told);
      return told;
    };

    /** A VM that came after the last scan is seen at once only where there are others, or taps of this namespace. */
    const known = (vm: string): Promise<void> =>
      until(async () => (await exporter.scrape()).find('trapline_vm_info', { vm }).length > 0);

    /** What the cards of a VM carried and lost, or taps that no VM holds, by device. */
    const cardsOf = async (vm: string): Promise<Record<string, Card>> => cardsIn(await exporter.scrape(), vm);

    it('in another network namespace loses its own packets, and an unrelated tap of that name here none', async () => {
      ip('tuntap add dev tap0 mode tap', 'link set tap0 up');
      const wire = await layWire();
      const vm = await wire.tapHolder('--tap', 'tap0', '--length', `${QUEUE}`, ...guestNameArguments('pod'));
      await known('pod');
      const sender = await wire.sender('tap0');
      await sender.tell('2500');
      expect(await cardsOf('pod')).toEqual({ tap0: { carried: 0, lost: 2000 } });
      expect(queues(await exporter.scrape(), 'pod')).toEqual({ tap0: [QUEUE, QUEUE] });
      expect(await vm.tell('take')).toBe(QUEUE);
      expect(linkIn(wire, 'tap0').tx).toMatchObject({ packets: QUEUE, dropped: 2000 });
      expect(await cardsOf('pod')).toEqual({ tap0: { carried: QUEUE, lost: 2000 } });
      expect(await cardsOf('')).toEqual({ tap0: { carried: 0, lost: 0 } });
      const invisible = (await exporter.scrape()).find('trapline_path_invisible', { device: 'tap0' });
      expect(invisible.map(({ labels }) => labels)).toEqual([
        { vm: 'pod', device: 'tap0', reason: 'namespace-queue' },
      ]);
      expect(queues(await exporter.scrape(), 'pod')).toEqual({ tap0: [0, QUEUE] });
      ip('link delete tap0');
    });

    it('of one name in several namespaces are told apart by their VMs', async () => {
      const [first, second] = [await layWire(), await layWire()];
      await first.tapHolder('--tap', 'tap0', '--length', '100', ...guestNameArguments('first'));
      await known('first');
      await second.tapHolder('--tap', 'tap0', '--length', '200', ...guestNameArguments('second'));
      await known('second');
      await (await first.sender('tap0')).tell('1000');
      await (await second.sender('tap0')).tell('1000');
      expect(await cardsOf('first')).toEqual({ tap0: { carried: 0, lost: 900 } });
      expect(await cardsOf('second')).toEqual({ tap0: { carried: 0, lost: 800 } });
    });

    it.each(['here', 'in another namespace'])(
      'a macvtap %s carries what its queue took and loses what it refused',
      async (where) => {
        const name = `direct, ${where}`;
        const wire = where === 'here' ? undefined : await layWire();
        if (!wire) ip('link add source type veth peer name sensed', ...up('source', 'sensed'));
        const run = (...args: string[]): string =>
          wire ? wire.run('ip', ...args) : execFileSync('ip', args, { encoding: 'utf8' });
        run(...'link add link sensed name mvt txqueuelen 500 type macvtap mode passthru'.split(' '));
        run('link', 'set', 'mvt', 'up');
        const file = nodeOf(linkOf(run, 'mvt').ifindex, wire);
        const holder = ['--file', file, ...guestNameArguments(name)];
        const vm = wire ? await wire.tapHolder(...holder) : await start('tap-holder.ts', ...holder);
        await known(name);
        const sender = wire
          ? await wire.sender('source')
          : await start('frame-sender.ts', '--device', 'source');
        await sender.tell('3000');
        await until(() => linkOf(run, 'mvt').stats64.rx.packets === 3000);
        const { rx } = linkOf(run, 'mvt').stats64;
        expect(rx).toMatchObject({ packets: 3000, errors: 2500, dropped: 2500 });
        expect(await cardsOf(name)).toEqual({ mvt: { carried: QUEUE, lost: 2500 } });
        expect(queues(await exporter.scrape(), name)).toEqual({ mvt: [QUEUE, QUEUE] });
        expect(await vm.tell('take')).toBe(QUEUE);
        expect(await cardsOf(name)).toEqual({ mvt: { carried: QUEUE, lost: 2500 } });
        expect(await cardsOf('')).toEqual({});
        rmSync(join(file, '..'), { recursive: true });
        if (!wire) ip('link delete source');
      },
    );

    it('with several queues is counted once', async () => {
      const wire = await layWire();
      const options = ['--tap', 'tap0', '--length', '100', '--queues', '3'];
      const vm = await wire.tapHolder(...options, ...guestNameArguments('broad'));
      await known('broad');
      await (await wire.sender('tap0')).tell('1000');
      const taken = linkIn(wire, 'tap0').tx;
      const waiting = 1000 - taken.dropped;
      expect(queues(await exporter.scrape(), 'broad')).toEqual({ tap0: [waiting, 300] });
      expect(await vm.tell('take')).toBe(waiting);
      expect(await cardsOf('broad')).toEqual({ tap0: { carried: waiting, lost: taken.dropped } });
    });

    it('held by a child of the VMM is the VM’s', async () => {
      const wire = await layWire();
      const options = ['--tap', 'tap0', '--length', '100', '--by-child'];
      await wire.tapHolder(...options, ...guestNameArguments('parent'));
      await known('parent');
      await (await wire.sender('tap0')).tell('1000');
      expect(await cardsOf('parent')).toEqual({ tap0: { carried: 0, lost: 900 } });
    });

    it('is no second VM’s where a child has inherited all files', async () => {
      const wire = await layWire();
      const options = ['--tap', 'tap0', '--length', '100', '--fork'];
      await wire.tapHolder(...options, ...guestNameArguments('forked'));
      await known('forked');
      await (await wire.sender('tap0')).tell('1000');
      expect(await cardsOf('forked')).toEqual({ tap0: { carried: 0, lost: 900 } });
      const vms = (await exporter.scrape()).find('trapline_vm_info').map(({ labels }) => labels['vm']);
      expect(vms.filter((vm) => vm!.startsWith('forked'))).toEqual(['forked']);
    });

    it('keep their own packets while they swap names', async () => {
      const [busy, idle] = ['busy', 'idle'] as const;
      const vms = [busy, idle].map((name) =>
        start('tap-holder.ts', '--tap', name, '--length', '1000', ...guestNameArguments(name)),
      );
      const [reader] = await Promise.all(vms);
      const sender = await start('frame-sender.ts', '--device', busy);
      const FRAMES = 20_000;
      const sending = sender.tell<number>(`${FRAMES}`);
      let names = [busy, idle] as string[];
      let taken = 0;
      for (let round = 0; round < 40; round++) {
        const [a, b] = names as [string, string];
        const scraping = exporter.scrape();
        ip(`link set ${a} name between`, `link set ${b} name ${a}`, `link set between name ${b}`);
        names = [b, a];
        taken += await reader!.tell<number>('take');
        expect(sumOf(cardsIn(await scraping, idle))).toEqual({ carried: 0, lost: 0 });
      }
      expect(await sending).toBe(FRAMES);
      taken += await reader!.tell<number>('take');
      const { tx } = linkOf(here, names[0]!).stats64;
      expect(tx.packets).toBe(taken);
      expect(tx.packets + tx.dropped).toBe(FRAMES);
      expect(await cardsOf(busy)).toEqual({ [names[0]!]: { carried: taken, lost: FRAMES - taken } });
      expect(await cardsOf(idle)).toEqual({ [names[1]!]: { carried: 0, lost: 0 } });
    });
  },
);

function cardsIn(scrape: Scrape, vm: string): Record<string, Card> {
  const labels = { stage: 'tap', direction: 'transmit', vm };
  const cards = scrape.find('trapline_path_packets_total', labels).map(({ labels, value }) => {
    const lost = scrape.find('trapline_path_drops_total', labels);
    expect(lost).toHaveLength(1);
    return [labels['device']!, { carried: value, lost: lost[0]!.value }] as const;
  });
  expect(new Set(cards.map(([device]) => device)).size).toBe(cards.length);
  return Object.fromEntries(cards);
}

function sumOf(cards: Record<string, Card>): Card {
  const all = Object.values(cards);
  return {
    carried: all.reduce((sum, { carried }) => sum + carried, 0),
    lost: all.reduce((sum, { lost }) => sum + lost, 0),
  };
}

/** What waits and what fits, by device. */
function queues(scrape: Scrape, vm: string): Record<string, [waiting: number, room: number]> {
  const room = (device: string): number => scrape.sum('trapline_tap_queue_limit_packets', { device, vm });
  return Object.fromEntries(
    scrape
      .find('trapline_tap_queue_packets', { vm })
      .map(({ labels, value }) => [labels['device']!, [value, room(labels['device']!)]]),
  );
}

interface Link {
  ifindex: number;
  stats64: Record<'rx' | 'tx', { packets: number; dropped: number; errors: number }>;
}

const here = (...args: string[]): string => execFileSync('ip', args, { encoding: 'utf8' });

function linkOf(run: (...args: string[]) => string, device: string): Link {
  const [link] = JSON.parse(run('-json', '-stats', 'link', 'show', 'dev', device)) as [Link];
  return link;
}

const linkIn = (wire: Wire, device: string): Link['stats64'] =>
  linkOf((...args) => wire.run('ip', ...args), device).stats64;

const up = (...devices: string[]): string[] => devices.map((device) => `link set ${device} up`);

/** A file of a macvtap's character device, in a directory of its own: /dev need not be devtmpfs. */
function nodeOf(ifindex: number, wire?: Wire): string {
  const path = `/sys/class/macvtap/tap${ifindex}/dev`;
  const numbers = wire
    ? wire.run('unshare', '-m', 'sh', '-c', `mount -t sysfs sysfs /sys && cat ${path}`)
    : readFileSync(path, 'utf8');
  const file = join(mkdtempSync(join(tmpdir(), 'trapline-macvtap-')), 'tap');
  execFileSync('mknod', [file, 'c', ...numbers.trim().split(':')]);
  return file;
}
