import { describe, expect, it } from 'vitest';
import { Exposition, type ExpositionOptions } from './exposition.js';
import type { Format } from './index.js';
import { counter, gauge, histogram, type Collector, type MetricDefinition, type Sink } from './metric.js';

const build = { version: '1.2.3', kernel: '6.12.0', libbpf: '1.5' };
const packets = counter('trapline_test_packets_total', 'Packets.', ['vm']);
const waits = histogram('trapline_test_wait_seconds', 'Waits.', ['vm'], [0.5, 1]);

function collector(
  name: string,
  metrics: readonly MetricDefinition[],
  collect: Collector['collect'],
): Collector {
  return { name, help: name, metrics, collect };
}

function exposition(collectors: readonly Collector[], options: Partial<ExpositionOptions> = {}) {
  const lines: string[] = [];
  const log = {
    info: (_: object, message: string) => void lines.push(`info ${message}`),
    warn: (_: object, message: string) => void lines.push(`warn ${message}`),
  };
  const inner = new Exposition({ collectors, build, log, processMetrics: false, ...options });
  return {
    lines,
    exposition: { scrape: async (format: Format) => Buffer.concat(await inner.scrape(format)).toString() },
  };
}

/** The lines of a text that carry values, without the one value that is never the same. */
function values(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#') && !line.includes('_duration_'));
}

const own = (name: string, up: number, series: number, dropped = 0): string[] => [
  'trapline_build_info{version="1.2.3",kernel="6.12.0",libbpf="1.5"} 1',
  `trapline_collector_up{collector="${name}"} ${up}`,
  `trapline_series{collector="${name}"} ${series}`,
  `trapline_series_dropped_total{collector="${name}"} ${dropped}`,
];

describe('Exposition', () => {
  it('writes Prometheus text', async () => {
    const { exposition: e } = exposition([
      collector('test', [packets, waits], (sink) => {
        sink.sample(packets, ['a'], 7);
        sink.histogram(waits, ['a'], [1, 2, 3], 4.5);
      }),
    ]);
    const text = await e.scrape('text');
    expect(text.split('\n\n').slice(5).join('\n\n')).toBe(
      `# HELP trapline_test_packets_total Packets.
# TYPE trapline_test_packets_total counter
trapline_test_packets_total{vm="a"} 7

# HELP trapline_test_wait_seconds Waits.
# TYPE trapline_test_wait_seconds histogram
trapline_test_wait_seconds_bucket{le="0.5",vm="a"} 1
trapline_test_wait_seconds_bucket{le="1",vm="a"} 3
trapline_test_wait_seconds_bucket{le="+Inf",vm="a"} 6
trapline_test_wait_seconds_sum{vm="a"} 4.5
trapline_test_wait_seconds_count{vm="a"} 6
`,
    );
    expect(values(text).slice(0, 4)).toEqual(own('test', 1, 6));
  });

  it('writes OpenMetrics, and plain text afterwards as before', async () => {
    const { exposition: e } = exposition(
      [collector('test', [packets], (sink) => sink.sample(packets, ['a'], 7))],
      { processMetrics: true },
    );
    const before = await e.scrape('text');
    const open = (await e.scrape('openmetrics')).split('\n');
    expect(open).toContain('# TYPE trapline_test_packets counter');
    expect(open).toContain('trapline_test_packets_total{vm="a"} 7');
    expect(open).toContain('# TYPE process_cpu_seconds counter');
    expect(open.slice(-2)).toEqual(['# EOF', '']);
    const types = (text: string) =>
      text.split('\n').filter((line) => /^# TYPE (trapline|process)/.test(line));
    expect(types(await e.scrape('text'))).toEqual(types(before));
  });

  it('turns the histogram of prom-client into the same histogram', async () => {
    const { exposition: e } = exposition([], { processMetrics: true });
    let rows: string[] = [];
    // The observer of garbage collections reports in its own time: collect until one has been seen.
    while (rows.length === 0) {
      Array.from({ length: 1e5 }, (_, i) => ({ i }));
      const text = await e.scrape('text');
      rows = text.split('\n').filter((line) => line.startsWith('nodejs_gc_duration_seconds'));
    }
    const kind = /kind="(\w+)"/.exec(rows[0]!)![1]!;
    const names = rows.filter((row) => row.includes(kind)).map((row) => row.replace(/ [^ ]+$/, ''));
    expect(names).toEqual([
      ...['0.001', '0.01', '0.1', '1', '2', '5', '+Inf'].map(
        (le) => `nodejs_gc_duration_seconds_bucket{le="${le}",kind="${kind}"}`,
      ),
      `nodejs_gc_duration_seconds_sum{kind="${kind}"}`,
      `nodejs_gc_duration_seconds_count{kind="${kind}"}`,
    ]);
  });

  it('leaves out one that fails, keeps the others, and logs changes only', async () => {
    let broken = true;
    const { exposition: e, lines } = exposition([
      collector('bad', [packets], (sink) => {
        sink.sample(packets, ['half'], 1);
        if (broken) throw new Error('no such map');
      }),
      collector('good', [waits], (sink) => sink.histogram(waits, ['a'], [0, 0, 0], 0)),
    ]);
    for (let i = 0; i < 3; i++) {
      const text = await e.scrape('text');
      expect(text).not.toContain('half');
      expect(values(text)).toContain('trapline_collector_up{collector="bad"} 0');
      expect(values(text)).toContain('trapline_collector_up{collector="good"} 1');
      expect(values(text)).toContain('trapline_series{collector="bad"} 0');
      expect(values(text)).toContain('trapline_test_wait_seconds_count{vm="a"} 0');
    }
    broken = false;
    for (let i = 0; i < 3; i++) {
      expect(values(await e.scrape('text'))).toContain('trapline_test_packets_total{vm="half"} 1');
    }
    expect(lines).toEqual([
      'warn Collector bad failed and is left out: no such map',
      'info Collector bad works again.',
    ]);
  });

  it('lets others work between the pieces of a long collection', async () => {
    let turns = 0;
    const { exposition: e } = exposition([
      collector('long', [packets], function* (sink) {
        for (let vm = 0; vm < 3; vm++) {
          const end = performance.now() + 10;
          while (performance.now() < end);
          sink.sample(packets, [String(vm)], turns);
          yield;
        }
      }),
    ]);
    const beat = setInterval(() => turns++, 0);
    const text = await e.scrape('text');
    clearInterval(beat);
    const seen = [0, 1, 2].map((vm) => Number(new RegExp(`vm="${vm}"} (\\d+)`).exec(text)![1]));
    expect(seen[2]).toBeGreaterThan(seen[0]!);
  });

  it('survives whatever a collector throws', async () => {
    const { exposition: e, lines } = exposition([
      collector('odd', [], () => {
        throw undefined;
      }),
    ]);
    expect(values(await e.scrape('text'))).toEqual(own('odd', 0, 0));
    expect(lines).toEqual(['warn Collector odd failed and is left out: undefined']);
  });

  it('keeps each collector within its budget and counts what is left out', async () => {
    let series = 5;
    const { exposition: e, lines } = exposition(
      [
        collector('test', [packets], (sink) => {
          for (let i = 0; i < series; i++) sink.sample(packets, [`vm${i}`], i);
        }),
      ],
      { maxSeries: 3 },
    );
    const kept = [0, 1, 2].map((i) => `trapline_test_packets_total{vm="vm${i}"} ${i}`);
    expect(values(await e.scrape('text'))).toEqual([...own('test', 1, 3, 2), ...kept]);
    expect(values(await e.scrape('text'))).toEqual([...own('test', 1, 3, 4), ...kept]);
    series = 3;
    expect(values(await e.scrape('text'))).toEqual([...own('test', 1, 3, 4), ...kept]);
    expect(lines).toEqual([
      'warn Collector test has more series than its budget; 2 are left out.',
      'info Collector test is within its budget of series again.',
    ]);
  });

  it('lets series go when their collector stops writing them', async () => {
    let vms = ['a', 'b'];
    const { exposition: e } = exposition([
      collector('test', [packets], (sink) => vms.forEach((vm) => sink.sample(packets, [vm], 1))),
    ]);
    expect(await e.scrape('text')).toContain('vm="b"');
    vms = ['a'];
    expect(await e.scrape('text')).not.toContain('vm="b"');
  });

  it('gives requests that wait together one collection', async () => {
    let runs = 0;
    const { exposition: e } = exposition([
      collector('test', [packets], (sink) => sink.sample(packets, ['a'], ++runs)),
    ]);
    const texts = await Promise.all([e.scrape('text'), e.scrape('openmetrics'), e.scrape('text')]);
    expect(runs).toBe(1);
    expect(texts[2]).toBe(texts[0]);
    expect(await e.scrape('text')).toContain('trapline_test_packets_total{vm="a"} 2');
  });

  it('brings a metric together that several collectors write', async () => {
    const { exposition: e } = exposition(
      ['a', 'b'].map((vm) => collector(vm, [packets], (sink) => sink.sample(packets, [vm], 1))),
    );
    const text = await e.scrape('text');
    expect(text).toContain(
      'TYPE trapline_test_packets_total counter\n' +
        'trapline_test_packets_total{vm="a"} 1\ntrapline_test_packets_total{vm="b"} 1\n',
    );
    expect(text.match(/# TYPE trapline_test_packets_total/g)).toHaveLength(1);
  });

  it('refuses two collectors or two metrics of one name', () => {
    const none = (): void => {};
    expect(() => exposition([collector('a', [], none), collector('a', [], none)])).toThrow(
      'Two collectors are called a.',
    );
    const other = gauge('trapline_test', 'One.');
    const again = gauge('trapline_test', 'Two.');
    expect(() => exposition([collector('a', [other], none), collector('b', [again], none)])).toThrow(
      'Two metrics are called trapline_test.',
    );
  });

  it('tells a listener what each collector writes and which one fails, before the scrape is answered', async () => {
    const heard: unknown[] = [];
    const listener = {
      hear: (collector: string): Sink => ({
        sample: ({ name }, labels, value) => heard.push([collector, name, ...labels, value]),
        histogram: ({ name }, labels, counts, sum) => heard.push([collector, name, ...labels, counts, sum]),
      }),
      failed: (collector: string, error: unknown) => heard.push([collector, String(error)]),
      end: () => heard.push('end'),
    };
    const { exposition: e } = exposition(
      [
        collector('good', [packets, waits], (sink) => {
          sink.sample(packets, ['a'], 7);
          sink.histogram(waits, ['a'], [1, 2, 3], 4.5);
        }),
        collector('bad', [], () => {
          throw new Error('broken');
        }),
      ],
      { listener: () => listener },
    );
    const text = await e.scrape('text');
    expect(heard).toEqual([
      ['good', packets.name, 'a', 7],
      ['good', waits.name, 'a', [1, 2, 3], 4.5],
      ['bad', 'Error: broken'],
      'end',
    ]);
    expect(text).toContain('trapline_test_packets_total{vm="a"} 7\n');
  });
});
