import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { anova } from '../statistics/anova.js';
import { answer } from './answer.js';
import { contextOf } from './context.js';
import { cellsCsv, samplesCsv } from './csv.js';
import { FACTORS } from './groups.js';
import { madeUpRun, writeMadeUpRun } from './madeUp.testing.js';
import { isSound, ledgerOf, lostIn, wireRate } from './measures.js';
import { reportPage } from './page.js';
import type { Run } from './run.js';
import { studyAt } from './study.js';
import { writeReport } from './write.js';

/** Text with plain spaces. */
const plain = (text: string): string => text.replaceAll('\u202f', ' ');
const answerTo = (run: Run): string => plain(answer(contextOf(run)).join(' '));

/** A run with one cell changed. */
function changed(run: Run, change: (result: Run['results'][number]) => void): Run {
  const copy = structuredClone(run);
  change(copy.results[0]!);
  return copy;
}

/** Rows of a CSV without quotes, by the names of its columns. */
function rowsOf(csv: string): Record<string, string>[] {
  const [head = '', ...rows] = csv.trimEnd().split('\n');
  const names = head.split(',');
  return rows.map((row) => Object.fromEntries(row.split(',').map((value, i) => [names[i]!, value])));
}

describe('the answer', () => {
  test('says who captured what, where the rest was lost, and what it cost', () => {
    const run = madeUpRun({ monitors: ['null'], sizes: [64] });
    const guest = run.results.filter(({ cell }) => cell.platform === 'guest');
    const share = (method: string) => {
      const { delivered, offered } = ledgerOf(guest.filter(({ cell }) => cell.method === method));
      return Math.round((100 * delivered) / offered);
    };
    const text = answerTo(run);
    expect(text).toContain(
      `In the guest, from ${share('plain')} % (AF_PACKET, no ring) to ${share('xdp')} % (eBPF at XDP) of the frames of 64 B were captured, of 50.0 kpps offered.`,
    );
    const lost = guest.reduce((sum, result) => sum + lostIn(result), 0);
    const offered = guest.reduce((sum, result) => sum + result.offered, 0);
    expect(text).toContain(
      `Of all packets ${Math.round((100 * lost) / offered)} % were lost there; of these, 83 % at the tap, 13 % at the capture socket and 4 % at the guest's receive path.`,
    );
    // 7.1 + 0.4 + 9.2 + 0.3 + 2.2 + 4.1 µs, and 0.42 + 1.1 + 0.2 exits.
    expect(text).toContain(
      'One that was captured took 23.3 µs of CPU time, where one CPU has 20.0 µs for each that is offered, and 1.72 VM exits; the largest part of the time, 39 %, went to vhost.',
    );
    expect(text).toContain('in each of the 24 cells offered = captured + lost, to the last one.');
  });

  test('does not speak of loss where there is none', () => {
    const run = madeUpRun({ factor: 100, platforms: ['host'] });
    expect(answerTo(run)).toMatch(/^On the host, every method captured all of [\d ]+ packets\./);
  });

  test('says when packets are not accounted for', () => {
    const run = changed(madeUpRun(), (result) => (result.lost.tap = (result.lost.tap ?? 0) + 1));
    expect(answerTo(run)).toContain('In 1 of 96 cells packets are not accounted for');
    expect(plain(reportPage(run))).toContain('Cells in which packets are not accounted for');
  });

  test("a cell is not sound either where Trapline's count is not the sensor's", () => {
    const run = changed(madeUpRun(), (result) => (result.deliveredByTrapline -= 1));
    expect(run.results.filter((result) => !isSound(result))).toHaveLength(1);
  });
});

describe('the report', () => {
  test('needs nothing from anywhere', () => {
    const page = reportPage(madeUpRun());
    expect(page).not.toMatch(/https?:|<script|<link|<img|url\(|@import/);
    expect(page).toContain("default-src 'none'");
  });

  test('takes names for text, whatever is in them', () => {
    const run = madeUpRun({ replications: 1 });
    run.environment.host.hostname = '<script>alert("1")</script>&';
    run.plan = '# </pre><script>\n';
    const page = reportPage(run);
    expect(page).not.toContain('<script');
    expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;');
  });

  test.each([
    ['of one cell', { ...madeUpRun(), results: madeUpRun().results.slice(0, 1) }],
    ['of mixed sizes only', madeUpRun({ sizes: ['any'] })],
    ['of the whole plan', madeUpRun({ flows: ['single', 'multi'], sizes: [64, 256, 1518, 'any'] })],
  ])('%s has no number that is none', (_, run) => {
    expect(reportPage(run)).not.toMatch(/NaN|Infinity|undefined|\[object/);
  });

  test('of a cell that captured nothing says nothing per packet', () => {
    const run = changed(madeUpRun({ replications: 2 }), (result) => {
      for (const sample of result.samples) {
        sample.lost = { socket: sample.offered };
        sample.delivered = 0;
      }
      result.lost = { socket: result.offered };
      result.delivered = result.deliveredByTrapline = 0;
    });
    expect(reportPage(run)).not.toMatch(/NaN|Infinity|undefined/);
  });

  test('says what is missing of a plan', () => {
    const run = madeUpRun();
    expect(reportPage({ ...run, results: run.results.slice(1) })).toContain(
      'The run is not complete: 95 of 96 cells are measured.',
    );
    const alone = run.plan.replace('[single]', 'single');
    expect(reportPage({ ...run, plan: alone, results: run.results.slice(1) })).toContain('95 of 96 cells');
    run.environment.absent = [{ method: 'xdp', remedy: 'Install it.' }];
    expect(reportPage(run)).toContain('<strong>xdp</strong>: Install it.');
  });

  test.each([
    ['none', 'The host is a machine of its own.'],
    ['qemu', 'The host is emulated in software'],
    ['kvm', 'The host is itself a virtual machine (kvm)'],
  ])('says what a host under %s can show', (virtualization, sentence) => {
    const run = madeUpRun({ replications: 1 });
    run.environment.host.virtualization = virtualization;
    expect(reportPage(run)).toContain(sentence);
  });

  test('knows an emulated processor, whatever a container says around it', () => {
    const run = madeUpRun({ replications: 1 });
    Object.assign(run.environment.host, { virtualization: 'docker', cpu: 'QEMU TCG CPU version 2.5+' });
    expect(reportPage(run)).toContain('The host is emulated in software');
  });

  test('counts bits on the wire as the study does: 491 kpps of 64 B are its 330 Mbit/s', () => {
    expect(wireRate(491_000, 64)! / 1e6).toBeCloseTo(330, 0);
    // Line rate of 10 Gbit/s.
    expect(wireRate(14_880_952, 64)! / 1e9).toBeCloseTo(10, 6);
    expect(wireRate(1000, 'any')).toBeUndefined();
  });

  test("holds the study's numbers", () => {
    expect(studyAt(64).guest).toEqual({ mean: 66_000, lowest: 52_000, highest: 84_000 });
    expect(studyAt(1518).host.map(({ method, lowest, highest }) => [method, lowest, highest])).toEqual([
      ['kernel module', 793_000, 812_000],
      ['PF_PACKET', 329_000, 746_000],
      ['PF_RING', 525_000, 781_000],
    ]);
  });
});

describe('the tables for other programs', () => {
  const run = madeUpRun({ replications: 2 });

  test('hold every sample, which add up to the counts of their cells', () => {
    const rows = rowsOf(samplesCsv(run.results));
    expect(rows).toHaveLength(run.results.length * 6);
    for (const { cell, offered, delivered, lost } of run.results) {
      const own = rows.filter(({ id }) => id === cell.id);
      const sum = (column: string) => own.reduce((total, row) => total + Number(row[column]), 0);
      expect([sum('offered'), sum('delivered'), sum('lost_tap')]).toEqual([
        offered,
        delivered,
        lost.tap ?? 0,
      ]);
    }
  });

  test('give the analysis of variance of the report', () => {
    const rows = rowsOf(cellsCsv(run.results));
    expect(rows.every(({ sound }) => sound === 'true')).toBe(true);
    const fromFile = anova(
      rows.map((row) => ({ levels: row, value: Number(row['delivered_per_second']) })),
      FACTORS,
    );
    const [largest] = fromFile.effects.toSorted((a, b) => b.omegaSquared! - a.omegaSquared!);
    expect(largest!.factors).toEqual(['platform']);
    expect(reportPage(run)).toContain(
      `platform (${Math.round(100 * largest!.omegaSquared!)} % of the variance)`,
    );
  });
});

describe('in a directory', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'trapline-report-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  test('the report is made from what lies there, at any time again', async () => {
    const { results } = await writeMadeUpRun(directory, { replications: 1 });
    const path = await writeReport(directory);
    const first = await readFile(path, 'utf8');
    await writeReport(directory);
    expect(await readFile(path, 'utf8')).toBe(first);
    expect(await readFile(join(directory, 'cells.csv'), 'utf8')).toBe(cellsCsv(results));
  });

  test('what is no run is refused in words', async () => {
    await expect(writeReport(directory)).rejects.toThrow('it has no environment.json');
    await writeMadeUpRun(directory, { replications: 1 });
    await rm(join(directory, 'cells'), { recursive: true });
    await writeFile(join(directory, 'report.html'), '');
    await expect(writeReport(directory)).rejects.toThrow('No cell of');
  });
});
