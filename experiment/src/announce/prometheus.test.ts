import { afterEach, beforeEach, expect, test } from 'vitest';
import { madeUpRun } from '../report/madeUp.testing.js';
import { announceToPrometheus } from './prometheus.js';

const { results } = madeUpRun({ replications: 1 });
const [first, second] = results.filter(({ lost }) => (lost.tap ?? 0) > 0);

let announcer: Awaited<ReturnType<typeof announceToPrometheus>>;
beforeEach(async () => {
  announcer = await announceToPrometheus(0);
});
afterEach(() => announcer.close());

/** The samples of a scrape, without comments. */
async function scraped(): Promise<string[]> {
  const answer = await fetch(`http://127.0.0.1:${announcer.port}/metrics`);
  return (await answer.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}
const progress = (done: number) => ({ done, planned: 2, secondsLeft: 60 - 30 * done });

test('shows the cell that is measured, and none between two', async () => {
  announcer.cellStarted(first!.cell, progress(0));
  expect(await scraped()).toContain(
    'trapline_experiment_cell_info{cell="guest-plain-null-single-64-r1",platform="guest",method="plain",monitor="null",flows="single",size="64"} 1',
  );
  announcer.cellEnded(first!.cell, first, progress(1));
  const between = await scraped();
  expect(between.filter((line) => line.includes('cell_info'))).toEqual([]);
  expect(between).toContain('trapline_experiment_cells{state="measured"} 1');
  expect(between).toContain('trapline_experiment_remaining_seconds 30');
});

test('counts the packets of all cells, and where they were lost', async () => {
  for (const { cell, samples } of [first!, second!])
    for (const sample of samples) announcer.sample(cell, sample);
  const sum = (of: (result: (typeof results)[number]) => number) => of(first!) + of(second!);
  expect(await scraped()).toEqual(
    expect.arrayContaining([
      `trapline_experiment_offered_packets_total ${sum(({ offered }) => offered)}`,
      `trapline_experiment_delivered_packets_total ${sum(({ delivered }) => delivered)}`,
      `trapline_experiment_lost_packets_total{stage="tap"} ${sum(({ lost }) => lost.tap!)}`,
      'trapline_experiment_lost_packets_total{stage="nic_driver"} 0',
    ]),
  );
});

test('has few series, however many cells there were', async () => {
  for (const { cell } of results) announcer.cellStarted(cell, progress(0));
  expect(await scraped()).toHaveLength(1 + 2 + 1 + 1 + 1 + 8);
});

test('says where it is, and that a port is taken', async () => {
  expect((await fetch(`http://127.0.0.1:${announcer.port}/`)).status).toBe(404);
  await expect(announceToPrometheus(announcer.port)).rejects.toThrow('EADDRINUSE');
});
