import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Collector, Exposition, type Sink } from '../exporter/src/exposition/index.js';
import { machine as described, sampleAt } from '../exporter/src/live/live.testing.js';
import { Connections, Site, WebServer } from '../exporter/src/web/index.js';
import { writeRunbook } from '../exporter/src/write_runbook.js';
import { definition } from './catalogue.js';
import type { Server } from './processes.js';
import type { Distribution, Machine, Series } from './scenario.js';

/** A machine as the exporter would write it after some seconds. */
function collectorOf({ series, distributions }: Machine, seconds: () => number): Collector {
  return {
    name: 'machine',
    help: '',
    metrics: [...Object.keys(series), ...Object.keys(distributions)].map(definition),
    collect(sink) {
      const now = seconds();
      for (const [name, all] of Object.entries(series)) all.forEach((one) => sample(sink, name, one, now));
      for (const [name, all] of Object.entries(distributions))
        all.forEach((one) => histogram(sink, name, one, now));
    },
  };
}

function sample(sink: Sink, name: string, [labels, value]: Series, seconds: number): void {
  const metric = definition(name);
  const labelValues = metric.labels.map((label) => labels[label]!);
  sink.sample(metric, labelValues, metric.type === 'counter' ? value * seconds : value);
}

function histogram(sink: Sink, name: string, { labels, events, size }: Distribution, seconds: number): void {
  const metric = definition(name);
  const count = Math.floor(events * seconds);
  const bounds = [...metric.buckets!, Infinity];
  const bucket = bounds.findIndex((bound) => size <= bound);
  const counts = bounds.map((_, index) => (index === bucket ? count : 0));
  sink.histogram(
    metric,
    metric.labels.map((label) => labels[label]!),
    counts,
    count * size,
  );
}

/** Serves a machine on a free loopback port with the exporter's own code; it counts from the first moment. */
export async function startTarget(machine: Machine): Promise<Server> {
  const start = performance.now();
  const exposition = new Exposition({
    collectors: [collectorOf(machine, () => (performance.now() - start) / 1000)],
    build: { version: '0', kernel: '0', libbpf: '0' },
    log: console,
    processMetrics: true,
  });
  const server = new WebServer({
    listen: { host: '127.0.0.1', port: 0 },
    connections: new Connections({ log: console }),
    exposition,
    site: await siteWithRunbook(),
    notReady: () => undefined,
    take: async () => ({ sample: sampleAt(Date.now()), machine: described }),
    log: console,
  });
  const { port } = await server.start();
  return { url: `http://127.0.0.1:${port}`, stop: () => server.stop() };
}

async function siteWithRunbook(): Promise<Site> {
  const directory = await mkdtemp(join(tmpdir(), 'trapline-site-'));
  writeRunbook(join(directory, 'runbook'));
  const site = await Site.load({
    page: join(directory, 'page'),
    panel: join(directory, 'panel'),
    runbook: join(directory, 'runbook'),
  });
  await rm(directory, { recursive: true });
  return site;
}
