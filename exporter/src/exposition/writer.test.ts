import fc from 'fast-check';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { Collection, linesOf } from './collection.js';
import { counter, gauge, histogram } from './metric.js';
import { contentType, render, type Format } from './writer.js';

const BUCKETS = [0.001, 0.5, 1, 1e6];
const packets = counter('trapline_packets_total', 'Packets, by VM.', ['vm', 'stage']);
const load = gauge('trapline_load', 'Load.');
const waits = histogram('trapline_wait_seconds', 'Waits.', ['vm'], BUCKETS);
const polls = histogram('trapline_polls', 'Polls.', [], BUCKETS);

const text = (collection: Collection, format: Format): string =>
  Buffer.concat(render(collection.families, format)).toString();

/** What a collector might say: VMs, and values as prom-client takes them. It spells NaN in a way of its own. */
const said = fc.record({
  load: fc.double({ noNaN: true }),
  vms: fc.uniqueArray(fc.string({ unit: 'binary' }), { maxLength: 5 }),
  packets: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
  waits: fc.array(fc.double({ min: 0, max: 1e7, noNaN: true }), { maxLength: 5 }),
});

/** The same by prom-client's own metrics and writer. */
async function byPromClient(given: Given, format: Format): Promise<string> {
  const registry = new Registry();
  registry.setContentType(contentType(format) as typeof Registry.PROMETHEUS_CONTENT_TYPE);
  const registers = [registry];
  const { help } = packets;
  const total = new Counter({ name: packets.name, help, labelNames: [...packets.labels], registers });
  const level = new Gauge({ name: load.name, help: load.help, registers });
  const wait = new Histogram({
    name: waits.name,
    help: waits.help,
    labelNames: ['vm'],
    buckets: BUCKETS,
    registers,
  });
  const poll = new Histogram({ name: polls.name, help: polls.help, buckets: BUCKETS, registers });
  level.set(given.load);
  for (const vm of given.vms) {
    total.inc({ vm, stage: 'tap' }, given.packets);
    wait.zero({ vm });
    for (const value of given.waits) wait.observe({ vm }, value);
  }
  for (const value of given.waits) poll.observe(value);
  if (given.vms.length === 0) for (const { name } of [packets, waits]) registry.removeSingleMetric(name);
  return registry.metrics();
}

type Given = typeof said extends fc.Arbitrary<infer T> ? T : never;

function bySample(given: Given): Collection {
  const collection = new Collection(linesOf([packets, load, waits, polls]));
  const counts = [...BUCKETS, Infinity].map(
    (bound, i) => given.waits.filter((value) => value <= bound && value > (BUCKETS[i - 1] ?? -1)).length,
  );
  const sum = given.waits.reduce((total, value) => total + value, 0);
  for (const vm of given.vms) {
    collection.sample(packets, [vm, 'tap'], given.packets);
    collection.histogram(waits, [vm], counts, sum);
  }
  collection.sample(load, [], given.load);
  collection.histogram(polls, [], counts, sum);
  return collection;
}

describe('render', () => {
  it.each<Format>(['text', 'openmetrics'])('writes %s as prom-client does', async (format) => {
    await fc.assert(
      fc.asyncProperty(said, async (given) => {
        expect(text(bySample(given), format)).toBe(await byPromClient(given, format));
      }),
    );
  });

  it('writes what is no number as Prometheus does', () => {
    const collection = new Collection(linesOf([load]));
    collection.sample(load, [], NaN);
    expect(text(collection, 'text')).toContain('\ntrapline_load NaN\n');
  });

  it('writes what is long in pieces that are together the same', () => {
    const collection = new Collection(linesOf([packets]));
    const lines = Array.from({ length: 5000 }, (_, i) => {
      collection.sample(packets, [`vm${i}`, 'tap'], i);
      return `trapline_packets_total{vm="vm${i}",stage="tap"} ${i}\n`;
    });
    const pieces = render(collection.families, 'text');
    expect(pieces.length).toBeGreaterThan(1);
    expect(Buffer.concat(pieces).toString()).toBe(
      `# HELP ${packets.name} ${packets.help}\n# TYPE ${packets.name} counter\n${lines.join('')}`,
    );
  });
});
