import { describe, expect, it } from 'vitest';
import { counter, gauge, type Sink } from '../exposition/metric.js';
import { Recorder } from '../exposition/recorder.testing.js';
import type { Need, Signal } from '../kernel/index.js';
import { modules } from './catalogue.js';
import { Withholding } from './withholding.js';

const drops = counter('trapline_test_drops_total', 'Drops.', ['method']);
const sockets = gauge('trapline_test_sockets', 'Sockets.', ['method']);

const signal = (...needs: Need[]): Signal => ({ name: 'test', tables: {}, programs: [], needs });
const DROPS = [drops.name];
const BOTH = [drops.name, sockets.name];

/** What gets through while only these programs are attached. */
function shown(of: Signal, ...attached: string[]): string[] {
  let asked = 0;
  const inner = {
    name: 'test',
    help: '',
    metrics: [drops, sockets],
    collect(sink: Sink): undefined {
      asked++;
      for (const method of ['v3', 'xdp']) {
        sink.sample(drops, [method], 1);
        sink.sample(sockets, [method], 1);
      }
    },
  };
  const collector = new Withholding(
    inner,
    [of],
    (name, program) => name === 'test' && attached.includes(program),
  );
  const recorder = new Recorder(inner.metrics);
  collector.collect(recorder);
  const said = recorder.said.map(
    ({ metric, labelValues }) => `${metric.name.split('_')[2]} ${labelValues[0]}`,
  );
  return asked === 0 ? ['not asked'] : said;
}

describe('a collector', () => {
  it('says everything where no program is missing', () => {
    const of = signal({ metrics: DROPS, programs: ['a', 'b'] });
    expect(shown(of, 'a', 'b')).toEqual(['drops v3', 'drops xdp', 'sockets v3', 'sockets xdp']);
  });

  it('says nothing of a metric of which one program is missing', () => {
    const of = signal({ metrics: DROPS, programs: ['a', 'b'] });
    expect(shown(of, 'a')).toEqual(['sockets v3', 'sockets xdp']);
  });

  it('leaves out only the series that are wrong', () => {
    const of = signal({ metrics: DROPS, programs: ['a'], only: { label: 'method', values: ['v3'] } });
    expect(shown(of)).toEqual(['drops xdp', 'sockets v3', 'sockets xdp']);
  });

  it('is not asked where nothing would be left', () => {
    expect(shown(signal({ metrics: BOTH, programs: ['a'] }))).toEqual(['not asked']);
  });
});

describe('the catalogue', () => {
  /** From files, whatever is attached. */
  const FROM_FILES = [
    'trapline_vhost_seconds_total',
    'trapline_nfqueue_drops_total',
    'trapline_nfqueue_waiting_packets',
  ];
  /** Without them the same is read from /proc, or by name. */
  const FOUND_OTHERWISE = ['vm_files', 'taps'];

  it.each(modules.filter(({ signals }) => signals.length > 0))(
    'says of every metric of $description.name which programs it needs, and of every program what needs it',
    ({ description, signals }) => {
      const needs = signals.flatMap((each) => each.needs);
      const metrics = description.metrics
        .map(({ name }) => name)
        .filter((name) => !FROM_FILES.includes(name));
      expect(new Set(needs.flatMap((need) => need.metrics))).toEqual(new Set(metrics));
      for (const { name, programs, needs: own } of signals.filter(
        ({ name }) => !FOUND_OTHERWISE.includes(name),
      ))
        expect(new Set(own.flatMap((need) => need.programs)), name).toEqual(
          new Set(programs.map((program) => program.name)),
        );
      const labels = new Map(description.metrics.map((metric) => [metric.name, metric.labels]));
      for (const { metrics: some, only } of needs)
        for (const metric of only ? some : []) expect(labels.get(metric)).toContain(only!.label);
    },
  );
});
