import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Exporter } from './exporter.js';
import { ground, missing } from './ground.js';
import type { Scrape } from './scrape.js';

const BUS = '/sys/bus/virtio/devices';
const devices = existsSync(BUS) ? readdirSync(BUS) : [];
const cards = devices.flatMap((device) => {
  const net = `${BUS}/${device}/net`;
  return existsSync(net) ? readdirSync(net).map((name) => ({ device, name })) : [];
});

/** What ethtool and awk read, by the labels that these series have. */
function truth(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { name } of cards) {
    const text = execFileSync('ethtool', ['-S', name], { encoding: 'utf8' });
    for (const [, way, queue, count] of text.matchAll(/^ *([rt]x)(?:_queue_)?(\d+)_kicks: (\d+)$/gm))
      counts.set(`kicks ${name} ${way === 'rx' ? 'input' : 'output'}.${queue}`, Number(count));
  }
  const sum =
    '$NF ~ /^virtio[0-9]+-/ && $NF !~ /-config$/ { s = 0; for (i = 2; $i ~ /^[0-9]+$/; i++) s += $i; print $NF, s }';
  const lines = execFileSync('awk', [sum, '/proc/interrupts'], { encoding: 'utf8' });
  for (const [, device, queue, count] of lines.matchAll(/^(\w+)-(\S+) (\d+)$/gm)) {
    const name = cards.find((card) => card.device === device)?.name ?? device!;
    counts.set(`interrupts ${name} ${queue === 'virtqueues' ? 'all' : queue}`, Number(count));
  }
  return counts;
}

function ours(scrape: Scrape): Map<string, number> {
  const of = (what: string): [string, number][] =>
    scrape
      .find(`trapline_virtqueue_${what}_total`)
      .map(({ labels, value }) => [`${what} ${labels['device']} ${labels['queue']}`, value]);
  return new Map([...of('kicks'), ...of('interrupts')]);
}

describe.skipIf(!ground.root || !ground.btf)(
  `the virtio queues of this machine${missing('root', 'btf')}`,
  () => {
    it.skipIf(devices.length === 0)(
      'are what its drivers and its kernel say (needs a virtio device)',
      async () => {
        const exporter = await Exporter.start();
        const before = truth();
        const shown = ours(await exporter.scrape());
        const after = truth();
        await exporter.stop();
        expect([...shown.keys()].sort()).toEqual([...after.keys()].sort());
        for (const [series, count] of shown) {
          expect(count, series).toBeGreaterThanOrEqual(before.get(series)!);
          expect(count, series).toBeLessThanOrEqual(after.get(series)!);
        }
      },
    );
  },
);
