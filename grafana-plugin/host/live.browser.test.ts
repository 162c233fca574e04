import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launch } from './testing/chromium';
import { barriers } from './testing/barriers';
import { insideSamples, liveMachine, liveSamples } from './testing/live';
import { open, statement } from './testing/panel';
import { TestSite } from './testing/site';

let browser: Browser;
let site: TestSite;
beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
beforeEach(async () => {
  site = await TestSite.start();
});
afterEach(async () => {
  await Promise.all(browser.contexts().map((context) => context.close()));
  await site.stop();
});

/** Serves these samples as the history of everyone who connects, of this machine. */
function serve(samples: ReturnType<typeof liveSamples>, machine: Partial<typeof liveMachine> = {}): void {
  site.onLive = (send) => {
    send('machine', { ...liveMachine, ...machine });
    send('history', samples);
  };
}

/** Text with plain spaces. */
const plain = (text: string): string => text.replaceAll('\u202f', ' ');

/** The cells of a table's row. */
async function cells(page: Page, table: string, row: number): Promise<string[]> {
  const rows = page.getByRole('region', { name: table }).getByRole('row');
  await rows.nth(row).waitFor();
  return plain(await rows.nth(row).innerText()).split(/\t/);
}

const tiles = async (page: Page) =>
  plain(await page.locator('dl[aria-label="The last minute"]').innerText()).split(/\n+/);

describe('the live page', () => {
  test('draws the history and goes on with each sample', async () => {
    const samples = liveSamples(['sensor'], 12);
    serve(samples.slice(0, 10));
    const { page, errors, foreign } = await open(browser, site, '');
    await page
      .getByText('2 000 ns per packet'.replaceAll(' ', '\u202f').replace('ns\u202fper\u202f', 'ns per '))
      .first()
      .waitFor();
    expect(await statement(page)).toMatch(/^2 000 ns per packet .* r = 1\.0000, n = 9;/);
    site.send('sample', samples[10]);
    await page.getByText(/n = 10;/).waitFor();
    site.send('sample', samples[11]);
    await page.getByText(/n = 11;/).waitFor();
    expect(await tiles(page)).toEqual([
      'Cost per packet',
      '2 000 ns',
      'Packets delivered',
      '2.91 k /s',
      'Loss',
      '20 %',
      'VM exits',
      '29.1 /s',
    ]);
    expect(await page.title()).toBe('hv-7: Trapline');
    expect([errors, foreign, site.missing]).toEqual([[], [], []]);
  });

  test('holds the times that are chosen, and comes back to now', async () => {
    const samples = liveSamples(['sensor'], 12);
    serve(samples.slice(0, 10));
    const { page } = await open(browser, site, '');
    await page.getByText(/n = 9;/).waitFor();
    await page.getByRole('group', { name: /^Cost against throughput/ }).focus();
    for (const key of ['ArrowRight', ' ', 'ArrowRight', 'ArrowRight', 'ArrowRight', ' ']) {
      await page.keyboard.press(key);
    }
    await page.getByRole('button', { name: 'Zoom to these times' }).click();
    const back = page.getByRole('button', { name: 'Back to now' });
    await back.waitFor();
    const held = await statement(page);
    expect(held).not.toMatch(/n = 9;/);
    site.send('sample', samples[10]);
    await page.waitForTimeout(300);
    expect(await statement(page)).toBe(held);
    await back.click();
    await page.getByText(/n = 10;/).waitFor();
  });

  test('lists several VMs and shows one alone', async () => {
    serve(liveSamples(['a', 'b'], 10));
    const { page } = await open(browser, site, '');
    expect(await cells(page, 'Virtual machines', 0)).toEqual([
      'VM',
      'Packets/s',
      'Loss',
      'Cost/packet',
      'Exits/packet',
      'Kicks/packet',
      'Injections/packet',
      'vhost',
      'CPU wait',
    ]);
    const both = [
      ['a', '3.22 k', '20 %', '2 000 ns', '0.01', '0.01', '0.02', '0.322 %', '0 %'],
      ['b', '6.44 k', '20 %', '2 000 ns', '0.01', '0.01', '0.02', '0.644 %', '0 %'],
    ];
    const rows = async () => [
      await cells(page, 'Virtual machines', 1),
      await cells(page, 'Virtual machines', 2),
    ];
    expect(await rows()).toEqual(both);
    await page.getByRole('button', { name: 'Packets/s' }).first().click();
    expect(await rows()).toEqual(both.toReversed());
    expect(await statement(page)).toMatch(/the most expensive of 2 VMs/);
    await page.getByRole('combobox', { name: 'VM' }).selectOption('b');
    await page.getByText(/n = 9;/).waitFor();
    expect(await page.getByRole('heading', { name: 'Capture cost, b' }).count()).toBe(1);
    await page.getByRole('button', { name: 'b', exact: true }).click();
    await page.getByText(/the most expensive of 2 VMs/).waitFor();
  });

  test('says that exits stand in where nothing is timed', async () => {
    serve(liveSamples(['sensor'], 10, 1000, false));
    const { page } = await open(browser, site, '');
    await page.getByText('KVM emulates the guests here').waitFor();
    expect(await statement(page)).toMatch(/^0\.002 exits per packet/);
    expect((await tiles(page)).slice(0, 2)).toEqual(['Cost per packet', '0.002 exits']);
  });

  test('says what is wrong, what is not seen, and shows the host', async () => {
    serve(liveSamples(['sensor'], 10), {
      attached: 20,
      missing: [
        {
          collector: 'virtio',
          sees: 'kicks',
          programs: ['irqfd_inject'],
          verdict: 'fails',
          reason: 'this kernel refuses programs of this type',
          absent: ['trapline_virtio_injections_total'],
          remedy: 'Take another.',
        },
      ],
      unseen: [{ vm: 'sensor', device: '0000:01:00.0', reason: 'sriov' }],
    });
    const { page } = await open(browser, site, '');
    const findings = page.getByRole('list', { name: 'Findings' });
    await findings.waitFor();
    expect(plain(await findings.innerText())).toBe(
      'The tap of sensor loses 20 % of the packets: 806 /s of 4.03 k /s. The guest does not take them in time: look at its CPUs, at rx_queue_size and at txqueuelen of the tap.',
    );
    expect(await cells(page, 'Network devices', 1)).toEqual([
      'eth0',
      '6.44 k',
      '3.22 k',
      '403',
      '0.0322 %',
      '8',
      '0 %',
    ]);
    const network = plain(await page.getByRole('region', { name: 'Network of this machine' }).innerText());
    expect(network).toMatch(/Receive softirq\s+0\.161 % of a CPU/);
    expect(network).toMatch(/Receive latency, p99\s+≤ 30\.5 µs/);
    const cpus = plain(await page.getByRole('region', { name: 'What the CPUs are at' }).innerText());
    expect(cpus).toMatch(/all 2 CPUs/);
    expect(cpus).toMatch(/Guest\s+25 %\s+Exit handling\s+12\.5 %\s+Idle\s+62\.5 %/);
    const unseen = await page.getByRole('region', { name: 'What cannot be seen here' }).innerText();
    expect(unseen).toContain('20 of 21 eBPF programs are attached');
    expect(unseen).toContain(
      '0000:01:00.0 of sensor reaches its VM as a virtual function of the NIC (SR-IOV)',
    );
    expect(unseen).toContain('Not attached: this kernel refuses programs of this type. Take another.');
    await page.getByText('virtio: kicks').click();
    await page
      .getByText('Without them these would be wrong and are left out: trapline_virtio_injections_total')
      .waitFor();
    expect(plain(await page.getByRole('contentinfo').innerText())).toContain('Its server uses 1 % of a CPU');
  });

  test('inside a guest shows its sockets first, and what a captured packet costs there', async () => {
    serve(insideSamples(10), { host: 'sensor-1', role: 'guest' });
    const { page, errors } = await open(browser, site, '');
    await page.getByText(/n = 9;/).waitFor();
    expect(await statement(page)).toMatch(/^1 400 ns per packet/);
    expect(await tiles(page)).toEqual([
      'Cost per packet',
      '1 400 ns',
      'Packets captured',
      '4.83 k /s',
      'Loss',
      '25 %',
      'CPU for capture',
      '0.677 %',
    ]);
    expect(await cells(page, 'Capture sockets', 1)).toEqual([
      'suricata on eth1, ring v3',
      '4.83 k',
      '1.61 k',
      '25 %',
      '268 M B',
      '0',
      '4',
    ]);
    const headings = await page.getByRole('heading').allInnerTexts();
    expect(headings.map((heading) => heading.split(' last minute')[0])).toEqual([
      'Trapline',
      'Capture sockets of this machine',
      'Network of this machine',
      'Capture cost, sensor-1',
      'What the CPUs are at',
      'What cannot be seen here 27 of 27 eBPF programs are attached',
    ]);
    expect(errors).toEqual([]);
  });

  test('shows the busiest of hundreds of VMs, and all of them in the table when asked', async () => {
    const names = Array.from({ length: 200 }, (_, i) => `vm-${String(i).padStart(3, '0')}`);
    serve(liveSamples(names, 10));
    const { page } = await open(browser, site, '');
    await page.getByRole('heading', { name: 'Capture cost, the 7 busiest of 200 VMs' }).waitFor();
    expect(await statement(page)).toMatch(/the most expensive of 7 VMs/);
    const table = page.getByRole('region', { name: 'Virtual machines' }).getByRole('row');
    expect(await table.count()).toBe(13);
    await page.getByRole('button', { name: 'Show all 200' }).click();
    expect(await table.count()).toBe(201);
  });

  test('takes hostile names for text', async () => {
    const hostile = '<img src=x onerror=alert(1)>"a\\b\n{}, 🐟';
    serve(
      liveSamples([hostile], 10).map((sample, i) => ({
        ...sample,
        captures: insideSamples(10, hostile)[i]!.captures,
      })),
      { host: hostile, unseen: [{ vm: hostile, device: hostile, reason: 'dpdk' }] },
    );
    const { page, errors } = await open(browser, site, '');
    await page.getByRole('button', { name: hostile, exact: true }).waitFor();
    expect(await page.locator('img').count()).toBe(1);
    expect(await page.getByText(hostile).count()).toBeGreaterThan(4);
    expect(errors).toEqual([]);
  });

  test.each([
    ['dark', 1280],
    ['light', 1280],
    ['dark', 390],
    ['light', 390],
  ] as const)('axe finds no barrier: %s, %i px', async (colorScheme, width) => {
    serve(
      liveSamples(['a', 'b'], 10).map((sample, i) => ({
        ...sample,
        captures: insideSamples(10)[i]!.captures,
      })),
      { unseen: [{ vm: 'a', device: '0000:01:00.0', reason: 'sriov' }] },
    );
    const { page } = await open(browser, site, '', { viewport: { width, height: 844 }, colorScheme });
    await page.getByText(/the most expensive of 2 VMs/).waitFor();
    expect(await barriers(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });

  test('draws a gap where a VM was started anew', async () => {
    const samples = liveSamples(['sensor'], 10);
    const anew = liveSamples(['sensor'], 20)
      .slice(10)
      .map((sample, i) => ({ ...sample, vms: samples[i]!.vms }));
    serve([...samples, ...anew]);
    const { page } = await open(browser, site, '');
    await page.getByText(/n = 18; .* 1 interval left out: 1 without both values\./).waitFor();
  });

  test('helps where there is no VM', async () => {
    serve([]);
    const { page, errors } = await open(browser, site, '');
    await page.getByText('No virtual machine was seen yet.').waitFor();
    await page.getByText('npm run lab').waitFor();
    expect(errors).toEqual([]);
  });

  test('keeps what it has when the connection drops, and reconnects by itself', async () => {
    const samples = liveSamples(['sensor'], 12);
    serve(samples.slice(0, 10));
    const { page } = await open(browser, site, '');
    await page.getByText(/n = 9;/).waitFor();
    site.onLive = undefined;
    site.drop();
    await page.getByText('The connection to the exporter was lost.').waitFor();
    expect(await statement(page)).toMatch(/n = 9;/);
    serve(samples);
    await page.getByText(/n = 11;/).waitFor();
    await page.getByText('The connection to the exporter was lost.').waitFor({ state: 'detached' });
  });

  test('survives a restart of the exporter', async () => {
    const port = Number(new URL(site.origin).port);
    serve(liveSamples(['sensor'], 10));
    const { page } = await open(browser, site, '');
    await page.getByText(/n = 9;/).waitFor();
    await site.stop();
    await page.getByText('The connection to the exporter was lost.').waitFor();
    site = await TestSite.start(port);
    serve(liveSamples(['other'], 6));
    await page.getByText(/n = 5;/).waitFor();
    expect(await page.getByRole('heading', { name: 'Capture cost, other' }).count()).toBe(1);
  });

  test('remembers the theme, links to the metrics and fits a phone', async () => {
    serve(liveSamples(['a', 'b'], 10));
    const { page } = await open(browser, site, '', {
      viewport: { width: 360, height: 740 },
      colorScheme: 'dark',
    });
    await page.getByText(/the most expensive of 2 VMs/).waitFor();
    await page.getByRole('button', { name: 'Use the light theme' }).click();
    await page.reload();
    await page.getByRole('button', { name: 'Use the dark theme' }).waitFor();
    expect(
      await page.getByRole('link', { name: 'Metrics' }).evaluate((link: HTMLAnchorElement) => link.href),
    ).toBe(`${site.origin}/metrics`);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  });
});
