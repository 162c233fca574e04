import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Collector, Exposition, type Sink, contentType } from '../exporter/src/exposition/index.js';
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

/** Serves a machine on a free loopback port, written by the exporter's own code; it counts from the first moment. */
export async function startTarget(machine: Machine): Promise<Server> {
  const start = performance.now();
  const exposition = new Exposition({
    collectors: [collectorOf(machine, () => (performance.now() - start) / 1000)],
    build: { version: '0', kernel: '0', libbpf: '0' },
    log: console,
    processMetrics: true,
  });
  const server = createServer(async (_, response) => {
    response.setHeader('content-type', contentType('text'));
    response.end(Buffer.concat(await exposition.scrape('text')));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
