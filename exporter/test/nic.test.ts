import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { softirqModule } from '../src/collectors/softirq.js';
import { Attachments } from '../src/kernel/index.js';
import { readPlatform } from '../src/machine/index.js';
import { Watch } from '../src/watch.js';
import { Exporter, until } from './exporter.js';
import { ground, missing } from './ground.js';
import type { Scrape } from './scrape.js';
import { Told } from './told.js';

const here = ground.root && ground.btf;
const BURST_SENDER = join(import.meta.dirname, '../../lab/guests/burst-sender.ts');

/** As large as a poll's budget. */
const BUDGET = 64;
const NAMED_LIKE_A_LABEL = 'n"},\\{=😀';
const RENAMED = 'tl-renamed';

describe.skipIf(!here)(`polls of a device${missing('root', 'btf')}`, () => {
  let exporter: Exporter;
  let sender: Told;
  beforeAll(async () => {
    sender = await startSender(NAMED_LIKE_A_LABEL);
    exporter = await Exporter.start();
  });
  afterAll(async () => {
    await exporter?.stop();
    await sender?.stop();
  });

  it('bring the packets that the driver counts, and no budget is exhausted by a trickle', async () => {
    const before = await polled(exporter, NAMED_LIKE_A_LABEL);
    const driver = receivedBy(NAMED_LIKE_A_LABEL);
    expect(await sender.tell(`${BUDGET - 1} 30`)).toBe(30 * (BUDGET - 1));
    const after = await polled(exporter, NAMED_LIKE_A_LABEL);
    expect(receivedBy(NAMED_LIKE_A_LABEL) - driver).toBe(30 * (BUDGET - 1));
    expect(after.packets - before.packets).toBe(30 * (BUDGET - 1));
    expect(after.exhausted - before.exhausted).toBe(0);
    expect(after.full - before.full).toBe(30);
  });

  it('are exhausted by each burst of a flood', async () => {
    const before = await polled(exporter, NAMED_LIKE_A_LABEL);
    expect(await sender.tell(`${BUDGET} 1000`)).toBe(1000 * BUDGET);
    const after = await polled(exporter, NAMED_LIKE_A_LABEL);
    expect(after.packets - before.packets).toBe(1000 * BUDGET);
    expect(after.exhausted - before.exhausted).toBe(1000);
  });

  it('keep their count through a new name', async () => {
    const before = await polled(exporter, NAMED_LIKE_A_LABEL);
    execFileSync('ip', ['link', 'set', NAMED_LIKE_A_LABEL, 'down']);
    execFileSync('ip', ['link', 'set', NAMED_LIKE_A_LABEL, 'name', RENAMED, 'up']);
    await until(async () => (await exporter.scrape()).find(PACKETS, { device: RENAMED }).length === 1);
    await sender.tell('5 1');
    expect((await polled(exporter, RENAMED)).packets).toBe(before.packets + 5);
    expect((await exporter.scrape()).find(PACKETS, { device: NAMED_LIKE_A_LABEL })).toEqual([]);
  });

  it('go with their device, and count apart in another namespace', async () => {
    execFileSync('ip', ['link', 'set', RENAMED, 'netns', String(sender.pid)]);
    const inside = (...command: string[]) =>
      execFileSync('nsenter', ['-t', String(sender.pid), '-n', ...command]);
    inside('ip', 'link', 'set', RENAMED, 'up');
    await until(async () => (await exporter.scrape()).find(PACKETS, { device: RENAMED }).length === 0);
    const elsewhere = async () => (await polled(exporter, '(other devices)')).packets;
    // All namespaces but this one are counted: in some rounds others may receive packets too.
    await until(async () => {
      const before = await elsewhere();
      await sender.tell(`${BUDGET} 10`);
      return (await elsewhere()) - before === 10 * BUDGET;
    });
  });
});

describe.skipIf(!here)(`interrupts of this machine's cards${missing('root', 'btf')}`, () => {
  it('are those of /proc/interrupts, and no others', async () => {
    const exporter = await Exporter.start();
    const first = await look(exporter);
    await sleep(5000);
    const second = await look(exporter);
    for (const [handler, { before, ours, after }] of second) {
      const earlier = first.get(handler)!;
      // Exactly as many, unless some came while these were read.
      expect(ours - earlier.ours, handler).toBeGreaterThanOrEqual(before - earlier.after);
      expect(ours - earlier.ours, handler).toBeLessThanOrEqual(after - earlier.before);
    }
    const shown = (await exporter.scrape()).find('trapline_nic_interrupts_total');
    expect(shown.length).toBe(second.size);
    await exporter.stop();
  });
});

describe.skipIf(!here)(`softirqs of the network${missing('root', 'btf')}`, () => {
  it('have a latency for each run that /proc/softirqs counts', async () => {
    // In this process: a scrape would make softirqs while they are compared.
    const runs = softirqRuns();
    const sender = await startSender('tl-softirq');
    const [first, before] = [uncounted(runs), runs()];
    await sender.tell('10 2000');
    expect(runs()['net_rx']! - before['net_rx']!).toBeGreaterThanOrEqual(2000);
    expect(uncounted(runs)).toEqual(first);
    await sender.stop();
  });
});

const PACKETS = 'trapline_napi_packets_total';

function startSender(device: string): Promise<Told> {
  const node = [process.execPath, '--import', import.meta.resolve('tsx'), BURST_SENDER, '--device', device];
  return Told.start('unshare', ['--net', ...node]);
}

/** `full`: polls that brought more than half a budget. */
async function polled(
  exporter: Exporter,
  device: string,
): Promise<{ packets: number; exhausted: number; full: number }> {
  const scrape = await exporter.scrape();
  const upTo = (le: string) => scrape.sum('trapline_napi_poll_packets_bucket', { device, le });
  return {
    packets: scrape.sum(PACKETS, { device }),
    exhausted: scrape.sum('trapline_napi_budget_exhausted_total', { device }),
    full: upTo('64') - upTo('32'),
  };
}

const receivedBy = (device: string): number =>
  Number(readFileSync(`/sys/class/net/${device}/statistics/rx_packets`, 'utf8'));

/** The counts of each of the cards' interrupts: ours, and the kernel's before and after. */
async function look(
  exporter: Exporter,
): Promise<Map<string, { before: number; ours: number; after: number }>> {
  const before = new Map(cardInterrupts());
  const scrape = await exporter.scrape();
  return new Map(
    cardInterrupts().map(
      ([name, after]) => [name, { before: before.get(name)!, ours: oursOf(scrape, name), after }] as const,
    ),
  );
}

const oursOf = (scrape: Scrape, handler: string): number =>
  scrape
    .find('trapline_nic_interrupts_total')
    .filter(({ labels }) => handler.endsWith(labels['queue']!))
    .reduce((sum, { value }) => sum + value, 0);

type Runs = Record<string, number>;

/** Attaches the softirq programs to this process and reads the count of latencies by vector. */
function softirqRuns(): () => Runs {
  const prebuilt = join(import.meta.dirname, '../../bpf/prebuilt');
  const attachments = new Attachments(softirqModule.signals, ({ name }) => join(prebuilt, `${name}.bpf.o`));
  attachments.attach();
  const handles = (name: string) => attachments.handles()[name];
  const context = { platform: readPlatform(), watch: new Watch(handles), linger: 0 };
  const collector = softirqModule.create({ ...context, handles, resumedNs: () => 0, queues: () => [] })!;
  return () => {
    const runs: Runs = {};
    collector.collect({
      sample: () => undefined,
      histogram: (_, [vector], counts) => (runs[vector!] = counts.reduce((sum, count) => sum + count, 0)),
    });
    return runs;
  };
}

/** What /proc/softirqs has beyond our count, at a moment when none ran. */
function uncounted(runs: () => Runs): Runs {
  for (;;) {
    const before = softirqs();
    const ours = runs();
    const { net_rx, net_tx } = softirqs();
    if (before['net_rx'] === net_rx && before['net_tx'] === net_tx)
      return { net_rx: net_rx! - ours['net_rx']!, net_tx: net_tx! - ours['net_tx']! };
  }
}

/** Handlers of virtio cards, and the sums over all CPUs of their interrupts. */
function cardInterrupts(): [handler: string, count: number][] {
  const cards = readdirSync('/sys/class/net').flatMap((name) => {
    try {
      return basename(realpathSync(`/sys/class/net/${name}/device`));
    } catch {
      return [];
    }
  });
  return countedLines('/proc/interrupts').filter(([handler]) =>
    cards.some((card) => handler.startsWith(`${card}-`)),
  );
}

function softirqs(): Record<string, number> {
  const counts = new Map(countedLines('/proc/softirqs'));
  return { net_rx: counts.get('NET_RX')!, net_tx: counts.get('NET_TX')! };
}

/** A table with a column per CPU: the last word of a line, or its first where nothing follows the counts, and their sum. */
function countedLines(path: string): [string, number][] {
  const [head, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const cpus = head!.trim().split(/\s+/).length;
  return lines.map((line) => {
    const words = line.trim().split(/\s+/);
    const counts = words.slice(1, 1 + cpus).map(Number);
    const name = words.length > 1 + cpus ? words.at(-1)! : words[0]!.slice(0, -1);
    return [name, counts.reduce((sum, count) => sum + count, 0)];
  });
}
