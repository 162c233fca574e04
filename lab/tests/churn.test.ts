/** Guests that come and go faster than anybody looks, on an emulated KVM host: every exit of theirs by its class. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { misnamed, namesIn, writesAndHalts } from '../../exporter/test/brief_series.js';
import { ringOf } from '../../exporter/test/ring.js';
import { parseScrape, Scrape } from '../../exporter/test/scrape.js';
import {
  compileBriefGuests,
  planGuests,
  requestOf,
  totalsOf,
  type BriefTotals,
} from '../guests/brief-guests.js';
import { LabHost } from '../host.js';
import { buildExporter, scrape, startTrapline } from '../trapline.js';
import { kernelsFor } from './kernels.js';

const GUESTS = 500;
const METRICS = ['trapline_vm_exits_total', 'trapline_vm_userspace_exits_total'];

describe.each(kernelsFor('churn'))('on Linux %s', (kernel) => {
  const guests = planGuests(GUESTS, 1);
  let host: LabHost;
  let totals: BriefTotals;
  let after: Scrape;

  beforeAll(async () => {
    await buildExporter();
    host = await LabHost.boot({ kernel, modules: ['kvm_amd'] });
    // None of them may go before all are there to be added up.
    await startTrapline(host, '127.0.0.1', '--linger', '3600');
    const program = join(host.folder, 'brief-guests');
    compileBriefGuests(program);
    writeFileSync(`${program}.request`, requestOf(guests));
    totals = totalsOf(await host.must(`${program} < ${program}.request`, { timeout: 600 }));
    after = new Scrape(parseScrape(await scrape(host)));
  });

  afterAll(async () => {
    await host?.stop();
  });

  it('ran them all in eight process ids', () => {
    expect(totals).toMatchObject({ guests: GUESTS, halts: GUESTS });
    expect(totals.writes).toBe(guests.reduce((sum, { writes }) => sum + writes, 0));
    expect(totals.pids.size).toBe(8);
  });

  it.each(METRICS)('adds up what their VMMs saw in %s, each under its name', (metric) => {
    expect(writesAndHalts(after, metric)).toEqual({ writes: totals.writes, halts: totals.halts });
    expect(misnamed(after, metric, guests)).toEqual([]);
    expect(after.sum('trapline_events_lost_total', { collector: 'vm_exit' })).toBe(0);
  });

  it('has all rows free again, and shows no more than so many names', async () => {
    await expect.poll(() => rowsInUse(host), { timeout: 60_000, interval: 1000 }).toBe(0);
    const settled = new Scrape(parseScrape(await scrape(host)));
    for (const metric of METRICS) {
      expect(namesIn(settled, metric).length).toBe(128 + 1);
      expect(writesAndHalts(settled, metric)).toEqual({ writes: totals.writes, halts: totals.halts });
    }
  });
});

async function rowsInUse(host: LabHost): Promise<number> {
  const dumps = ['free_vcpus', 'free_reasons'].map((name) => host.must(`bpftool -j map dump name ${name}`));
  return (await Promise.all(dumps)).reduce((sum, dump) => sum + ringOf(dump).inUse, 0);
}
