/** What the programs cost, measured by this kernel, and the budget that switches them off. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { modules } from '../src/collectors/catalogue.js';
import { Attachments, startRunStats } from '../src/kernel/index.js';
import { objectPath } from '../src/loader.js';
import { heldBy, left } from './bpf_objects.js';
import { Exporter, until } from './exporter.js';
import { ground, missing } from './ground.js';

const softirq = modules.find(({ description }) => description.name === 'softirq')!.signals;

describe.skipIf(!ground.root || !ground.btf)(`the cost of the programs${missing('root', 'btf')}`, () => {
  it('is measured and exported, and nothing is switched off without a budget', async () => {
    const exporter = await Exporter.start();
    await until(async () => (await exporter.scrape()).sum('trapline_program_runs_total') > 0);
    const scrape = await exporter.scrape();
    expect(scrape.find('trapline_program_cost_ratio')).toHaveLength(1);
    expect(scrape.find('trapline_cost_budget_ratio')).toEqual([]);
    expect(scrape.sum('trapline_program_attached', { program: 'softirq_entry' })).toBe(1);
    await exporter.stop();
  });

  it('switches off all but the indispensable when the budget is next to nothing, and says so', async () => {
    const exporter = await Exporter.start('--cost-budget', '0.000000001%');
    const attached = async (collector: string): Promise<number> =>
      (await exporter.scrape()).sum('trapline_program_attached', { collector });
    await until(async () => (await attached('softirq')) === 0);
    const scrape = await exporter.scrape();
    const reason = 'over the cost budget of 1e-9 %';
    expect(scrape.find('trapline_program_attached', { collector: 'softirq', reason })).toHaveLength(3);
    expect(scrape.find('trapline_softirq_seconds_total')).toEqual([]);
    expect(scrape.sum('trapline_collector_up', { collector: 'softirq' })).toBe(1);
    expect(scrape.sum('trapline_cost_budget_ratio')).toBe(0.000000001 / 100);
    expect(exporter.log).toContain('Collector softirq is switched off');
    await exporter.stop();
  });

  it('takes programs off and puts them back, and leaves out what was under way', async () => {
    const attachments = new Attachments(softirq, objectPath);
    attachments.attach();
    const stop = startRunStats();
    await sleep(200);
    stop();
    const { link } = heldBy(process.pid);
    expect(link.size).toBe(3);
    expect(attachments.runStats().map(({ program }) => program)).toEqual([
      'softirq_raise',
      'softirq_entry',
      'softirq_exit',
    ]);
    attachments.suspend('softirq', 'because');
    expect(left({ link })).toEqual([]);
    expect(attachments.attach()).toBe(false);
    expect(attachments.states()).toMatchObject(
      Array.from({ length: 3 }, () => ({
        attached: false,
        suspended: true,
        reason: 'because',
        resumedNs: 0,
      })),
    );
    const off = Number(process.hrtime.bigint());
    attachments.resume('softirq');
    expect(attachments.attach()).toBe(true);
    for (const { attached, suspended, resumedNs } of attachments.states()) {
      expect({ attached, suspended }).toEqual({ attached: true, suspended: false });
      expect(resumedNs).toBeGreaterThanOrEqual(off);
    }
    const { link: again } = heldBy(process.pid);
    expect(again.size).toBe(3);
    attachments.suspend('softirq', '');
    expect(left({ link: again })).toEqual([]);
  });
});
