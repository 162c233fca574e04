import { expect, it } from 'vitest';
import { Recorder } from '../../exposition/recorder.testing.js';
import type { Datapath, DatapathPort } from '../../machine/index.js';
import { pathDescription } from './collector.js';
import { OpenVswitch } from './open_vswitch.js';

const datapath = (more: Partial<Datapath>): Datapath => ({
  ...{ index: 5, name: 'ovs-system', hit: 100, missed: 10, lost: 0 },
  ...more,
});

function look(): (now: readonly Datapath[], ports?: readonly DatapathPort[]) => string[] {
  let datapaths: readonly Datapath[] = [];
  let found: readonly DatapathPort[] | undefined;
  const stage = new OpenVswitch({
    datapaths: () => datapaths,
    ports(index) {
      expect(index).toBe(5);
      if (!found) throw new Error('ports are asked for');
      return found;
    },
  });
  return (now, ports) => {
    [datapaths, found] = [now, ports];
    const recorder = new Recorder(pathDescription.metrics);
    stage.collect(recorder);
    return recorder.said.map(({ metric, labelValues, value }) =>
      [metric.name.replace('trapline_ovs_', ''), ...labelValues, value].join(' '),
    );
  };
}

it('counts what a datapath looked up, and asks for no port where nothing was lost', () => {
  expect(look()([datapath({})])).toEqual([
    'packets_total ovs-system hit 100',
    'packets_total ovs-system missed 10',
    'drops_total ovs-system 0',
  ]);
});

it('names the ports that lost packets, where the kernel tells', () => {
  const ports = [
    { name: 'tap0', lost: 4 },
    { name: 'eth0', lost: 0 },
    { name: 'old', lost: undefined },
  ];
  expect(look()([datapath({ lost: 7 })], ports).slice(2)).toEqual([
    'drops_total ovs-system 7',
    'port_drops_total ovs-system tap0 4',
  ]);
});

it('goes on where a datapath is made anew', () => {
  const next = look();
  next([datapath({ lost: 7 })], []);
  expect(next([datapath({ hit: 3, missed: 2, lost: 1 })], [])).toEqual([
    'packets_total ovs-system hit 103',
    'packets_total ovs-system missed 12',
    'drops_total ovs-system 8',
  ]);
});
