import { describe, expect, test } from 'vitest';
import { definition, recordedLabels } from './catalogue.js';
import { figures, vm } from './figures.js';
import { type Phase, counter, gauge, runRuleCases, selector } from './promtool.js';
import { recordingRules } from './rules/index.js';
import { type Machine, hostWith, insideOf } from './scenario.js';

/** Ten minutes of the machines of the scenario. */
const LENGTH = 40;
const AT = 330;
const STEADY: readonly Omit<Phase, 'perSecond'>[] = [{ steps: LENGTH }];
/** Every counter starts anew within the last minute before the look. */
const RESTARTED: typeof STEADY = [{ steps: 20 }, { steps: 20, reset: true }];

type Written = Record<string, string>;

function seriesOf(instance: string, { series }: Machine, phases: typeof STEADY): Written {
  return Object.fromEntries(
    Object.entries(series).flatMap(([metric, all]) =>
      all.map(([labels, value]) => [
        selector(metric, { instance, ...labels }),
        definition(metric).type === 'counter'
          ? counter(phases.map((phase) => ({ ...phase, perSecond: value })))
          : gauge([{ steps: LENGTH, value }]),
      ]),
    ),
  );
}

const host = (phases = STEADY, vms = ['sensor']) => seriesOf('a', hostWith(vms), phases);
const inside = (phases = STEADY) => seriesOf('g', insideOf('sensor'), phases);
const without = (series: Written, pattern: RegExp): Written =>
  Object.fromEntries(Object.entries(series).filter(([name]) => !pattern.test(name)));

const answer = (record: string, samples = figures[record]!) => ({
  at: AT,
  expr: record,
  samples: Object.fromEntries(
    Object.entries(samples).map(([labels, value]) => [`${record}{${labels}}`, value]),
  ),
});

test('every recorded series has its figure', () => {
  expect(Object.keys(figures).sort()).toEqual(
    [...new Set(recordingRules.map(({ record }) => record))].sort(),
  );
});

test('every record has the labels that its name says, and no other', () => {
  for (const [record, samples] of Object.entries(figures))
    for (const labels of Object.keys(samples))
      for (const [, label] of labels.matchAll(/(\w+)="/g)) expect(recordedLabels(record)).toContain(label);
});

describe('a host and the inside of its VM', () => {
  const all = Object.keys(figures).map((record) => answer(record));

  test('have these figures', () => {
    runRuleCases([{ name: 'steady', series: { ...host(), ...inside() }, answers: all }]);
  });

  test('have the same while their counters start anew', () => {
    runRuleCases([{ name: 'restarted', series: { ...host(RESTARTED), ...inside(RESTARTED) }, answers: all }]);
  });
});

describe('what is missing', () => {
  const captured = 'instance_vm:trapline_captured:rate1m';
  const cost = 'instance_vm_payer:trapline_cost_seconds:rate1m';
  const costOf = (...left: string[]) =>
    answer(
      cost,
      pick(figures[cost]!, (labels) => left.some((payer) => labels.includes(`"${payer}"`))),
    );

  test('nobody looks from inside the VM: what its taps deliver stands for what it captures', () => {
    runRuleCases([
      {
        name: 'host alone',
        series: host(),
        answers: [
          answer(captured, { [vm]: 36_000 }),
          answer('instance_vm:trapline_loss:ratio_rate1m', { [vm]: 1 - (40_000 / 40_400) * 0.96 * 0.9 }),
          answer('instance_vm:trapline_kicks_per_packet:ratio_rate1m', { [vm]: 0.09 }),
          answer('instance_vm_guest:trapline_guest:info', {}),
          costOf('exit_kernel', 'exit_vmm', 'vhost', 'interrupt', 'softirq'),
        ],
      },
    ]);
  });

  test('nobody looks at the host: stages inside stay with the machine that tells of them', () => {
    runRuleCases([
      {
        name: 'guest alone',
        series: inside(),
        answers: [
          answer('instance_vm_stage:trapline_loss:ratio_rate1m', {
            'instance="g",stage="guest_softnet"': 0,
            'instance="g",stage="socket"': 0.1,
          }),
          answer('instance_vm:trapline_loss:ratio_rate1m', {}),
          answer(captured, {}),
        ],
      },
    ]);
  });

  test.for<[what: string, pattern: RegExp, ...answers: ReturnType<typeof answer>[]]>([
    ['exits', /vm_exit|vm_guest/, costOf('vhost', 'interrupt', 'softirq', 'capture'), answer(cores(), {})],
    ['vhost', /vhost/, costOf('exit_kernel', 'exit_vmm', 'interrupt', 'softirq', 'capture')],
    ['interrupts', /nic_interrupt/, costOf('exit_kernel', 'exit_vmm', 'vhost', 'softirq', 'capture')],
    ['kicks', /kicks/, answer('instance_vm:trapline_kicks_per_packet:ratio_rate1m', {})],
    ['injections', /injections/, answer('instance_vm:trapline_injections:rate1m', {})],
    ['taps', /stage="tap"/, answer('instance_vm:trapline_delivered:rate1m', {}), answer(cores(), {})],
    ['drops', /drops/, answer('instance_vm_stage:trapline_loss:ratio_rate1m', {})],
  ])('%s: nothing is claimed that needs them', ([name, pattern, ...answers]) => {
    runRuleCases([{ name, series: without({ ...host(), ...inside() }, pattern), answers }]);
  });

  test('traffic: no share, no figure for one packet', () => {
    const silent = Object.fromEntries(
      Object.keys({ ...host(), ...inside() }).map((name) => [name, gauge([{ steps: LENGTH, value: 1 }])]),
    );
    const ratios = Object.keys(figures).filter((name) => /per_packet|loss|packet_budget_seconds/.test(name));
    runRuleCases([{ name: 'silent', series: silent, answers: ratios.map((name) => answer(name, {})) }]);
  });

  test('packets of the hardware: it has passed on what the driver got', () => {
    const record = 'instance_vm_stage:trapline_loss:ratio_rate1m';
    const series = without({ ...host(), ...inside() }, /packets_total.*nic_hardware/);
    runRuleCases([{ name: 'drops only', series, answers: [answer(record)] }]);
  });
});

describe('who is joined with whom', () => {
  const guests = 'instance_vm_guest:trapline_guest:info';
  const info = (instance: string, name: string, uuid: string) =>
    selector('trapline_vm_info', { instance, vm: name, uuid, vmm: 'qemu', pid: '1' });
  const machine = (instance: string, role: string, uuid: string) =>
    selector('trapline_machine_info', { instance, role, uuid });
  const joins = (samples: Record<string, number>, ...names: string[]) => {
    const series = Object.fromEntries(names.map((name) => [name, gauge([{ steps: LENGTH, value: 1 }])]));
    runRuleCases([{ name: 'join', series, answers: [answer(guests, samples)] }]);
  };

  test('a uuid that two VMs share joins neither, and does not keep others from being joined', () => {
    joins(
      { 'instance="b",vm="z",guest="gz"': 1 },
      ...[info('a', 'x', 'same'), info('b', 'y', 'same'), machine('gx', 'guest', 'same')],
      ...[info('b', 'z', 'own'), machine('gz', 'guest', 'own')],
    );
  });

  test('a uuid that two guests share joins neither', () => {
    joins({}, info('a', 'x', 'same'), machine('g1', 'guest', 'same'), machine('g2', 'guest', 'same'));
  });

  test('a host in a VM is its guest; a host that has the uuid of a VM by chance is not', () => {
    joins(
      { 'instance="a",vm="nested",guest="n"': 1 },
      ...[
        info('a', 'nested', 'n'),
        machine('n', 'both', 'n'),
        info('a', 'x', 'h'),
        machine('h', 'host', 'h'),
      ],
    );
  });

  test('an unknown uuid joins nothing', () => {
    joins({}, info('a', 'x', ''), machine('g', 'guest', ''));
  });
});

test('what a host spends for all is shared among its VMs by packets', () => {
  const series = host(STEADY, ['one', 'two', 'three', 'four']);
  const names = ['one', 'two', 'three', 'four'].map((name) => `instance="a",vm="${name}"`);
  const each = (value: number) => Object.fromEntries(names.map((name) => [name, value]));
  const softirq = 'instance_vm_payer:trapline_cost_seconds:rate1m{payer="softirq"}';
  runRuleCases([
    {
      name: 'four VMs',
      series,
      answers: [
        answer('instance_vm:trapline_delivered:share1m', each(0.25)),
        answer('instance_vm:trapline_interrupts_per_packet:ratio_rate1m', each(2_250 / 36_000)),
        {
          at: AT,
          expr: softirq,
          samples: Object.fromEntries(names.map((name) => [softirq.replace('{', `{${name},`), 0.125])),
        },
      ],
    },
  ]);
});

test('of a host without the hops of its VMs, loss counts from the taps on', () => {
  const series = without({ ...host(), ...inside() }, /hop_info/);
  const answers = [
    answer('instance_vm:trapline_loss:ratio_rate1m', { [vm]: 0.18999999999999995 }),
    answer('instance_vm_tap:trapline_loss:ratio_rate1m', {}),
  ];
  runRuleCases([{ name: 'no hops', series, answers }]);
});

test('all packets lost are a loss of one', () => {
  const series = without(host(), /stage="tap"/);
  const tap = { instance: 'a', stage: 'tap', device: 'tap0-sensor', vm: 'sensor', direction: 'transmit' };
  series[selector('trapline_path_packets_total', tap)] = counter([{ steps: LENGTH, perSecond: 0 }]);
  series[selector('trapline_path_drops_total', tap)] = counter([{ steps: LENGTH, perSecond: 400 }]);
  runRuleCases([
    {
      name: 'stopped',
      series,
      answers: [answer('instance_vm:trapline_loss:ratio_rate1m', { [vm]: 1 })],
    },
  ]);
});

function cores(): string {
  return 'instance_vm:trapline_cores:sum';
}

function pick(samples: Record<string, number>, wanted: (labels: string) => boolean): Record<string, number> {
  return Object.fromEntries(Object.entries(samples).filter(([labels]) => wanted(labels)));
}
