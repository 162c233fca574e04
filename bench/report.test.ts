import { describe, expect, it } from 'vitest';
import { goal, type Result } from './bench.js';
import { currentReport, report, writtenReport } from './report.js';

const result: Result = {
  bench: 'events',
  ground: 'lab-6.1',
  machine: { kernel: '6.1.0', cpu: 'CPU', cpus: 1, emulated: 'time', date: '2026-01-31 12:30' },
  tables: [{ title: 'Runs', pairs: 9, columns: ['ns'], rows: [{ name: 'a | b', cells: [12.34] }] }],
  goals: [goal('a figure', 'at most', 2, { median: 1, least: 1, most: 1 })],
  plots: [
    { kind: 'bars', name: 'runs', title: 'Runs', unit: 'ns', bars: [{ name: 'a < b', value: 3 }] },
    {
      ...{ kind: 'lines', name: 'growth', title: 'Growth' },
      x: { label: 'VMs', scale: 'log' },
      y: { label: 'ms', scale: 'linear' },
      series: [
        {
          name: 'ours',
          points: [
            [1, 2],
            [1000, 9],
          ],
        },
      ],
    },
  ],
  notes: ['A note.'],
};

describe('the document', () => {
  const { text, pictures } = report(
    '# Cost\n\n<!-- goals -->\n\n<!-- events.lab-6.1 -->\n\n<!-- scrape.machine -->\n',
    [result],
  );

  it('has a table, notes, pictures and goals in the place of a result', () => {
    expect(text).toContain('| a figure | events on lab-6.1 | at most 2.00 | 1.00 | – | ✓ |');
    expect(text).toContain('**Runs** (9 pairs)\n\n|  | ns |\n|---|--:|\n| a \\| b | 12.3 |\n\nA note.\n');
    expect(text).toContain('![Runs](images/performance-events-runs-lab-6.1.svg)');
    expect(text).toContain('- ✓ a figure: 1.00, at most 2.00: met');
  });

  it('says what was not measured', () => expect(text).toMatch(/\n\nNot measured yet\.\n$/));

  it('draws the longest bar to the end, and points where their values are', () => {
    const bars = pictures.get('performance-events-runs-lab-6.1.svg')!;
    expect(bars).toContain('a &lt; b');
    expect(bars).toContain('width="410.0"');
    const lines = pictures.get('performance-events-growth-lab-6.1.svg')!;
    expect(lines).toContain('M70.0 246.8L580.0 60.6');
  });

  it('is what the results give: npm run bench:report', () =>
    expect(writtenReport()).toEqual(currentReport()));
});
