import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PortWriter } from '../../lab/guests/port-writer.js';
import { Exporter, until } from './exporter.js';
import { ground, missing } from './ground.js';
import type { Scrape } from './scrape.js';

const USERSPACE_EXITS = 'trapline_vm_userspace_exits_total';
const WRITES = 1000;
const GUESTS = 64;

/**
 * Guests that make exactly N port writes, through the real /dev/kvm. KVM hands every one of them to the VMM, which counts
 * them itself: that is the ground truth.
 */
describe.skipIf(!ground.root || !ground.btf || !ground.kvm)(
  `userspace exits of real guests${missing('root', 'btf', 'kvm')}`,
  // Sixty-four processes of Node take their time to start on a small machine.
  { timeout: 180_000 },
  () => {
    let exporter: Exporter;
    beforeEach(async () => {
      exporter = await Exporter.start('--linger', '2');
    });
    afterEach(() => exporter.stop());

    it('are counted exactly by a process without any privilege', async () => {
      const guest = await PortWriter.start('exact');
      const { ioExits } = await guest.write(WRITES);
      expect(ioExits).toBe(WRITES);
      expect(userspaceExits(await exporter.scrape(), 'exact')).toEqual({ io: WRITES, hlt: 1 });

      const status = readFileSync(`/proc/${exporter.serverPid}/status`, 'utf8');
      expect(/^Uid:\s+(\d+)\s+(\d+)/m.exec(status)?.slice(1)).toEqual(['65534', '65534']);
      expect(/^CapEff:\s+(\w+)/m.exec(status)?.[1]).toBe('0000000000000000');
      expect(/^CapPrm:\s+(\w+)/m.exec(status)?.[1]).toBe('0000000000000000');
      expect(/^NoNewPrivs:\s+(\d)/m.exec(status)?.[1]).toBe('1');

      await guest.write(234);
      expect(userspaceExits(await exporter.scrape(), 'exact')).toEqual({ io: WRITES + 234, hlt: 2 });
      await guest.stop();
    });

    it('are not counted by the reason of the run before where a run is interrupted', async () => {
      const guest = await PortWriter.start('interrupted');
      const { ioExits, interruptedRuns } = await guest.write(100, 50);
      expect({ ioExits, interruptedRuns }).toEqual({ ioExits: 100, interruptedRuns: 5000 });
      const scrape = await exporter.scrape();
      expect(userspaceExits(scrape, 'interrupted')).toEqual({ io: 100, hlt: 1, intr: 5000 });
      expect(scrape.sum(USERSPACE_EXITS, { vm: 'interrupted', class: 'interrupt' })).toBe(5000);
      await guest.stop();
    });

    it(`are counted exactly for ${GUESTS} guests at once, whose series then go away`, async () => {
      const names = Array.from({ length: GUESTS }, (_, i) => `guest-${i}`);
      const survivor = await PortWriter.start('survivor');
      await survivor.write(7);
      const guests = await Promise.all(names.map((name) => PortWriter.start(name)));
      await Promise.all(guests.map((guest) => guest.write(WRITES)));

      const scrape = await exporter.scrape();
      const expected = Object.fromEntries(names.map((name) => [name, { io: WRITES, hlt: 1 }]));
      expect(Object.fromEntries(names.map((name) => [name, userspaceExits(scrape, name)]))).toEqual(expected);

      const lows: number[] = [];
      await Promise.all(guests.map((guest) => guest.stop()));
      await until(async () => {
        const now = await exporter.scrape();
        lows.push(now.sum(USERSPACE_EXITS, { vm: 'survivor', class: 'io' }));
        return now.find(USERSPACE_EXITS).every(({ labels }) => !names.includes(labels['vm']!));
      });
      expect(new Set(lows)).toEqual(new Set([7]));
      await survivor.write(3);
      expect(userspaceExits(await exporter.scrape(), 'survivor')).toEqual({ io: 10, hlt: 2 });
      await survivor.stop();
    });

    it('keep counting under a name that a later guest takes over', async () => {
      for (const [writes, total] of [
        [5, 5],
        [6, 11],
      ] as const) {
        const guest = await PortWriter.start('again');
        await guest.write(writes);
        expect(userspaceExits(await exporter.scrape(), 'again')['io']).toBe(total);
        await guest.stop();
      }
    });

    it('survive a hostile name', async () => {
      const name = 'a"b\nc{},\\ 😀';
      const guest = await PortWriter.start(name);
      await guest.write(3);
      expect(userspaceExits(await exporter.scrape(), name)).toEqual({ io: 3, hlt: 1 });
      await guest.stop();
    });
  },
);

function userspaceExits(scrape: Scrape, vm: string): Record<string, number> {
  return Object.fromEntries(
    scrape.find(USERSPACE_EXITS, { vm }).map(({ labels, value }) => [labels['reason'], value]),
  );
}
