import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FixedData } from './src/FixedPage';
import { launch } from './testing/chromium';
import { BEGIN, frame } from './testing/data';
import { openPanel, statement } from './testing/panel';
import { TestSite } from './testing/site';

/** Inputs that once gave wrong numbers or none, read off the page. */

let browser: Browser;
let site: TestSite;
beforeAll(async () => {
  [browser, site] = await Promise.all([launch(), TestSite.start()]);
});
afterAll(async () => {
  await browser.close();
  await site.stop();
});

type Frame = FixedData['frames'][number];
type Labels = Record<string, string>;

const STEP = 20_000;
const TIMES = Array.from({ length: 10 }, (_, i) => BEGIN + i * STEP);
/** 500 to 5000 packets/s, 2750 on average. */
const LOAD = TIMES.map((_, i) => 500 * (i + 1));

const of = (query: string, values: ReadonlyArray<number | null>, labels: Labels = { vm: 'a' }): Frame =>
  frame(query, TIMES.slice(0, values.length), values, labels);
/** Throughput, and a cost of so many nanoseconds per packet. */
const costing = (ns: number, labels: Labels = { vm: 'a' }): Frame[] => [
  of('throughput', LOAD, labels),
  of(
    'cost',
    LOAD.map((x) => x * ns * 1e-9),
    labels,
  ),
];
const always = (query: string, value: number, labels: Labels): Frame =>
  of(
    query,
    TIMES.map(() => value),
    labels,
  );

const ALONE = '2 000 ns per packet on average: 2.75 k packets/s';
const twice = TIMES.flatMap((time) => [time, time]);
const doubled = (query: string, factor: number) =>
  frame(
    query,
    twice,
    LOAD.flatMap((x) => [x * factor, x * factor]),
    { vm: 'a' },
  );
/** Nine steps of 20 s, as many as others have, and thirty of 1 s. */
const uneven = [...TIMES, ...Array.from({ length: 30 }, (_, i) => TIMES[9]! + 1000 * (i + 1))];
const throughout = (query: string, value: number, labels: Labels = { vm: 'a' }) =>
  frame(
    query,
    uneven,
    uneven.map(() => value),
    labels,
  );
const tiny = LOAD.map((_, i) => 5e-324 * i);

const INPUTS: ReadonlyArray<readonly [name: string, view: string, frames: readonly Frame[], said: string]> = [
  [
    'a comparison with yesterday',
    'timeline',
    [...costing(2000), ...costing(2000).map((one) => ({ ...one, refId: `${one.refId}-compare` }))],
    ALONE,
  ],
  ['exemplars', 'timeline', [...costing(2000), { ...of('cost', [0.7, 0.8]), name: 'exemplar' }], ALONE],
  ['times that come twice', 'timeline', [doubled('throughput', 1), doubled('cost', 2e-6)], ALONE],
  [
    'subnormal rates',
    'correlation',
    [of('throughput', tiny), of('cost', tiny)],
    'No line throughput did not change in 10 intervals, so its effect cannot be seen',
  ],
  [
    'VMs of one name on two hosts',
    'correlation',
    [
      ...costing(500, { vm: 'ids', instance: 'hv1.lan:9750' }),
      ...costing(4000, { vm: 'ids', instance: 'hv2.lan:9750' }),
    ],
    '4 000 ns per packet of ids (hv2), the most expensive of 2 VMs, by its own line; ids (hv1) 500 ns. ',
  ],
  [
    'one series without a VM',
    'correlation',
    [...costing(500, { vm: 'a' }), ...costing(4000, { vm: 'b' }), of('throughput', LOAD, {})],
    '4 000 ns per packet of b, the most expensive of 2 VMs, by its own line; a 500 ns. ',
  ],
  [
    'VMs named by two labels',
    'timeline',
    [
      of('throughput', LOAD, { vm: 'a' }),
      of('throughput', LOAD, { vm: 'b' }),
      of(
        'cost',
        LOAD.map((x) => x * 2e-6),
        { domain: 'a' },
      ),
      of(
        'cost',
        LOAD.map((x) => x * 2e-6),
        { domain: 'b' },
      ),
    ],
    '2 000 ns per packet on average: 2 VMs together, 5.5 k packets/s',
  ],
  [
    'total loss of two VMs',
    'timeline',
    ['a', 'b'].flatMap((vm) => [
      of('throughput', [1000, 0, 1000], { vm }),
      of('cost', [0.002, 0, 0.002], { vm }),
      of('loss', [0, 1, 0], { vm }),
    ]),
    '2 000 ns per packet on average: 2 VMs together, 1.33 k packets/s; loss up to 100 %',
  ],
  [
    'steps of different length',
    'path',
    [
      throughout('carried', 75, { vm: 'a', stage: 'tap' }),
      throughout('dropped', 25, { vm: 'a', stage: 'tap' }),
    ],
    '25.0 % of the packets for a are lost at the tap: the guest does not fetch them in time. 75.0 % of what arrives gets through every stage whose loss is known. 7 of 8 stages are not seen.',
  ],
  [
    'steps of different length',
    'timeline',
    [throughout('throughput', 1000), throughout('cost', 0.002)],
    '2 000 ns per packet on average: 1 k packets/s',
  ],
  [
    'a stage that was sampled for a part of the range',
    'path',
    [
      always('carried', 300, { vm: 'a', stage: 'tap' }),
      frame('dropped', TIMES.slice(-3), [100, 100, 100], { vm: 'a', stage: 'tap' }),
      always('carried', 300, { vm: 'a', stage: 'guest_nic' }),
      always('dropped', 0, { vm: 'a', stage: 'guest_nic' }),
    ],
    '25.0 % of the packets for a are lost at the tap: the guest does not fetch them in time. 75.0 % of what arrives gets through every stage whose loss is known. 6 of 8 stages are not seen. Sampled Tap 33.3 % of the time range; no samples for the rest.',
  ],
  [
    'joined by field',
    'timeline',
    [
      {
        refId: 'joinByField-throughput-cost',
        fields: [
          { name: 'Time', type: 'time', values: TIMES },
          { name: 'Value', type: 'number', values: LOAD, labels: { vm: 'a' } },
          { name: 'Value', type: 'number', values: LOAD.map((x) => x * 2e-6), labels: { vm: 'a' } },
        ],
      } as unknown as Frame,
    ],
    ALONE,
  ],
];

test.each(INPUTS)('%s: %s', async (_, view, frames, said) => {
  const { page, errors } = await openPanel(browser, site, { frames }, { view });
  const text = await statement(page);
  expect(said.endsWith(' ') ? `${text} ` : text).toBe(said.endsWith('. ') ? `${said.slice(0, -2)} ` : said);
  expect(errors).toEqual([]);
});

test('each process that captures has its row', async () => {
  const socket = (process: string, carried: number, dropped: number) => [
    always('carried', carried, { vm: 'ids', stage: 'socket', process }),
    always('dropped', dropped, { vm: 'ids', stage: 'socket', process }),
  ];
  const frames = [...socket('zeek', 800, 0), ...socket('suricata', 0, 700)];
  const { page } = await openPanel(browser, site, { frames }, { view: 'path' });
  const rows = await page.locator('tr', { hasText: 'Capture socket' }).allInnerTexts();
  // 800 and 700 packets/s over 180 s.
  expect(
    rows.map((row) =>
      row
        .replaceAll('\u202f', ' ')
        .trim()
        .split(/\s*[\t\n]\s*/),
    ),
  ).toEqual([
    ['Capture socket: zeek', '144 000', '0', '0 %'],
    ['Capture socket: suricata', '0', '126 000', '100 %'],
  ]);
});

describe('saved options', () => {
  const broken = {
    fields: null,
    lines: null,
    calcs: null,
    budget: null,
    path: null,
    knee: null,
    xScale: null,
    colorBy: null,
  } as unknown as NonNullable<FixedData['options']>;

  test.each(['correlation', 'timeline', 'budget', 'path'])('of null are the defaults of %s', async (view) => {
    const tap = [
      always('carried', 75, { vm: 'a', stage: 'tap' }),
      always('dropped', 25, { vm: 'a', stage: 'tap' }),
    ];
    const { page, errors } = await openPanel(
      browser,
      site,
      { frames: [...costing(2000), ...tap], options: broken },
      { view },
    );
    expect(await statement(page)).toMatch(/^(2 000 ns|25\.0 %)/);
    expect(errors).toEqual([]);
  });
});
