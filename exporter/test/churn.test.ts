import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  compileBriefGuests,
  planGuests,
  requestOf,
  totalsOf,
  type BriefGuest,
  type BriefTotals,
} from '../../lab/guests/brief-guests.js';
import { SHORT_LIVED } from '../src/collectors/fleet.js';
import { isBrief, misnamed, namesIn, writesAndHalts } from './brief_series.js';
import { openIn } from './bpf_objects.js';
import { Exporter, until } from './exporter.js';
import { ground, missing } from './ground.js';
import { ringOf } from './ring.js';
import { falls, type Scrape } from './scrape.js';

const GUESTS = 500;
/** Many times as long as a round takes here. */
const LINGER = 30;
/** Ended VMs with a name, as many that came since the last scan, those that live, and the sum of the others. */
const MAX_NAMES = 128 + 128 + 4 + 1;
/**
 * A Node process that has just started grows to some 130 MB, 18 MB of them from the first round to the second, and then
 * stays there. That nothing is kept of a VM is tested to the byte with the ledger.
 */
const MAX_GROWTH = 32 * 1024 * 1024;

/**
 * Guests that live for milliseconds, half of them under one name, all in eight process ids. KVM hands each of their port
 * writes to the VMM, which counts them itself: that is the ground truth.
 */
describe.skipIf(!ground.root || !ground.btf || !ground.kvm)(
  `${GUESTS} guests that come and go${missing('root', 'btf', 'kvm')}`,
  { timeout: 180_000 },
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'trapline-churn-'));
    const program = join(directory, 'brief-guests');
    const memory: number[] = [];
    let exporter: Exporter;
    let rowsOfOthers: number;
    let others: string;
    beforeAll(async () => {
      compileBriefGuests(program);
      exporter = await Exporter.start('--linger', String(LINGER));
      others = seriesOfOthers(await exporter.scrape());
      rowsOfOthers = rowsInUse(exporter);
    });
    afterAll(async () => {
      await exporter?.stop();
      rmSync(directory, { recursive: true });
    });

    it.for([1, 2])('keep their names and their counts, round %d', async (round, { skip }) => {
      const before = writesAndHalts(await exporter.scrape(), USERSPACE_EXITS);
      const guests = planGuests(GUESTS, round);
      const { scrapes, totals } = await runGuests(exporter, program, guests);
      expect(totals).toMatchObject({ guests: GUESTS, halts: GUESTS });
      expect(totals.pids.size).toBe(8);

      const last = scrapes.at(-1)!;
      expect(writesAndHalts(last, USERSPACE_EXITS)).toEqual({
        writes: before.writes + totals.writes,
        halts: before.halts + totals.halts,
      });
      for (const scrape of scrapes) expect(namesIn(scrape).length).toBeLessThanOrEqual(MAX_NAMES);
      // A name with a process id in it goes to another guest each time.
      const fallen = falls(scrapes).filter(isBrief);
      expect(fallen.filter(({ labels }) => !labels['vm']!.includes('#'))).toEqual([]);
      expect(misnamed(last, USERSPACE_EXITS, guests)).toEqual([]);

      const now = seriesOfOthers(last);
      skip(
        now !== others,
        `other VMs ran here meanwhile, and their rows cannot be told apart: ${others} / ${now}`,
      );
      await until(() => rowsInUse(exporter) === rowsOfOthers);
      expect(ring(exporter, 'free_vcpus').everTaken).toBeLessThanOrEqual(GUESTS + rowsOfOthers);
      const settled = await exporter.scrape();
      expect(writesAndHalts(settled, USERSPACE_EXITS)).toEqual(writesAndHalts(last, USERSPACE_EXITS));
      expect(namesIn(settled, USERSPACE_EXITS).length).toBe(128 + 1);
      expect(settled.sum('trapline_events_lost_total', { collector: 'vm_exit' })).toBe(0);
      memory.push(residentMemory(exporter));
    });

    it('leave no memory behind', () => {
      expect(memory[1]! - memory[0]!).toBeLessThan(MAX_GROWTH);
    });

    it('leave nothing behind but the sums of those that had to share a name', async () => {
      await until(async () => {
        const names = namesIn(await exporter.scrape());
        return names.length === 1 && names[0] === SHORT_LIVED;
      });
    });
  },
);

const USERSPACE_EXITS = 'trapline_vm_userspace_exits_total';

/** Runs the guests, and scrapes while they come and go and once after them. */
async function runGuests(
  exporter: Exporter,
  program: string,
  guests: readonly BriefGuest[],
): Promise<{ scrapes: Scrape[]; totals: BriefTotals }> {
  const running = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(running, 'exit');
  const output = text(running.stdout);
  running.stdin.end(requestOf(guests));
  const scrapes: Scrape[] = [];
  while (running.exitCode === null) scrapes.push(await exporter.scrape());
  expect(await ended).toEqual([0, null]);
  scrapes.push(await exporter.scrape());
  return { scrapes, totals: totalsOf(await output) };
}

/** What is shown of VMs that are not of this test. */
const seriesOfOthers = (scrape: Scrape): string =>
  scrape
    .find(USERSPACE_EXITS)
    .filter((sample) => !isBrief(sample))
    .map(({ labels: { vm, reason } }) => `${vm} (${reason})`)
    .sort()
    .join(', ');

const rowsInUse = (exporter: Exporter): number =>
  ring(exporter, 'free_vcpus').inUse + ring(exporter, 'free_reasons').inUse;

function ring(exporter: Exporter, name: string): { everTaken: number; inUse: number } {
  const isThat = (id: number): boolean =>
    (JSON.parse(bpftool('show', 'id', `${id}`)) as { name: string }).name === name;
  return ringOf(bpftool('dump', 'id', `${openIn(exporter.loader.pid!, 'map').find(isThat)!}`));
}

const bpftool = (...args: string[]): string =>
  execFileSync('bpftool', ['-j', 'map', ...args], { encoding: 'utf8', maxBuffer: 1 << 24 });

const residentMemory = (exporter: Exporter): number =>
  1024 * Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${exporter.serverPid}/status`, 'utf8'))![1]);
