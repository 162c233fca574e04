import { describe, expect, test } from 'vitest';
import { definition } from './catalogue.js';
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

const vm = 'instance="a",vm="sensor"';
/** Every recorded series of the scenario, reckoned by hand. */
const figures: Record<string, Record<string, number>> = {
  'instance_vm_guest:trapline_guest:info': { [`${vm},guest="g"`]: 1 },
  'instance_stage_device_process:trapline_seen_packets:rate1m': {
    'instance="a",stage="nic_hardware",device="eth0"': 40_000,
    'instance="a",stage="nic_driver",device="eth0"': 40_000,
    'instance="a",stage="softnet"': 80_000,
    'instance="a",stage="bridge",device="br0"': 100,
    'instance="g",stage="guest_nic",device="eth0"': 18_000,
    'instance="g",stage="guest_nic",device="eth1"': 18_000,
    'instance="g",stage="guest_softnet"': 36_000,
    'instance="g",stage="socket",device="any",process="sensor"': 32_400,
  },
  'instance_stage_device_process:trapline_seen_drops:rate1m': {
    'instance="a",stage="nic_hardware",device="eth0"': 400,
    'instance="a",stage="nic_driver",device="eth0"': 0,
    'instance="a",stage="softnet"': 0,
    'instance="a",stage="bridge",device="br0"': 0,
    'instance="g",stage="guest_nic",device="eth0"': 0,
    'instance="g",stage="guest_nic",device="eth1"': 0,
    'instance="g",stage="guest_softnet"': 0,
    'instance="g",stage="socket",device="any",process="sensor"': 3_600,
  },
  'instance_vm_stage_device_process:trapline_carried:rate1m': byDevice(
    40_000,
    36_000,
    18_000,
    32_400,
    18_000,
  ),
  'instance_vm_stage_device_process:trapline_dropped:rate1m': {
    ...byDevice(400, 0, 0, 3_600, 2_000),
    'instance="a",stage="nic_driver",device="eth0"': 0,
    'instance="a",stage="softnet"': 0,
    'instance="a",stage="bridge",device="br0"': 0,
  },
  'instance_vm_stage_device_process:trapline_offered:rate1m': byDevice(
    40_400,
    36_000,
    18_000,
    36_000,
    20_000,
  ),
  'instance_vm_stage_device_process:trapline_loss:ratio_rate1m': {
    ...byDevice(400 / 40_400, 0, 0, 0.1, 0.1),
    'instance="a",stage="nic_driver",device="eth0"': 0,
    'instance="a",stage="softnet"': 0,
    'instance="a",stage="bridge",device="br0"': 0,
  },
  'instance_vm_stage:trapline_loss:ratio_rate1m': {
    'instance="a",stage="nic_hardware"': 400 / 40_400,
    'instance="a",stage="nic_driver"': 0,
    'instance="a",stage="softnet"': 0,
    'instance="a",stage="bridge"': 0,
    [`${vm},stage="guest_nic"`]: 0,
    [`${vm},stage="guest_softnet"`]: 0,
    [`${vm},stage="socket"`]: 0.1,
    [`${vm},stage="tap"`]: 0.1,
  },
  'instance_vm:trapline_loss:ratio_rate1m': { [vm]: 0.18999999999999995 },
  'instance_vm:trapline_delivered:rate1m': { [vm]: 36_000 },
  'instance_vm:trapline_captured:rate1m': { [vm]: 32_400 },
  'instance_vm:trapline_softnet_squeezed:rate1m': { 'instance="a"': 3, [vm]: 1 },
  'instance_vm:trapline_delivered:share1m': { [vm]: 1 },
  'instance_vm_activity:trapline_guest_cpu_seconds:rate1m': {
    [`${vm},activity="capture"`]: 0.25,
    [`${vm},activity="idle"`]: 1.75,
  },
  'instance_vm_payer:trapline_cost_seconds:rate1m': byPayer(1),
  'instance_vm_payer:trapline_cost_seconds_per_packet:ratio_rate1m': byPayer(32_400),
  'instance_vm:trapline_exit_cost_seconds:rate1m': { [vm]: 0.375 },
  'instance_vm:trapline_exit_cost_seconds_per_delivered:ratio_rate1m': { [vm]: 0.375 / 36_000 },
  'instance_vm:trapline_exits_per_packet:ratio_rate1m': { [vm]: 18_000 / 32_400 },
  'instance_vm:trapline_userspace_exits_per_packet:ratio_rate1m': { [vm]: 3_600 / 32_400 },
  'instance_vm:trapline_kicks_per_packet:ratio_rate1m': { [vm]: 0.1 },
  'instance_vm:trapline_injections:rate1m': { [vm]: 6_480 },
  'instance_vm:trapline_injections_per_packet:ratio_rate1m': { [vm]: 0.2 },
  'instance_vm:trapline_interrupts_per_packet:ratio_rate1m': { [vm]: 9_000 / 32_400 },
  'instance_vm:trapline_cores:sum': { [vm]: 4 },
  'instance_vm:trapline_packet_budget_seconds:ratio_rate1m': { [vm]: 4 / 32_400 },
  'instance_vm_worker:trapline_busy:ratio_rate1m': {
    [`${vm},worker="vcpu"`]: 0.625,
    [`${vm},worker="vhost"`]: 0.1875,
  },
  'instance_vm:trapline_packet_budget_used:ratio_rate1m': { [vm]: 0.625 },
};

function byDevice(nic: number, softnet: number, card: number, socket: number, tap: number) {
  return {
    'instance="a",stage="nic_hardware",device="eth0"': nic,
    'instance="a",stage="nic_driver",device="eth0"': 40_000,
    'instance="a",stage="softnet"': 80_000,
    'instance="a",stage="bridge",device="br0"': 100,
    [`${vm},stage="guest_softnet"`]: softnet,
    [`${vm},stage="guest_nic",device="eth0"`]: card,
    [`${vm},stage="guest_nic",device="eth1"`]: card,
    [`${vm},stage="socket",device="any",process="sensor"`]: socket,
    [`${vm},stage="tap",device="tap0-sensor"`]: tap,
    [`${vm},stage="tap",device="tap1-sensor"`]: tap,
  };
}

function byPayer(packets: number) {
  const seconds = {
    exit_kernel: 0.25,
    exit_vmm: 0.125,
    vhost: 0.25,
    interrupt: 0.0625,
    softirq: 0.5,
    capture: 0.25,
  };
  return Object.fromEntries(
    Object.entries(seconds).map(([payer, cost]) => [`${vm},payer="${payer}"`, cost / packets]),
  );
}

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
          answer('instance_vm:trapline_loss:ratio_rate1m', { [vm]: 0.09999999999999998 }),
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
            'instance="g",stage="guest_nic"': 0,
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
    ['taps', /"tap"/, answer('instance_vm:trapline_delivered:rate1m', {}), answer(cores(), {})],
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

test('all packets lost are a loss of one', () => {
  const series = without(host(), /"tap"/);
  const tap = { instance: 'a', stage: 'tap', device: 'tap0', vm: 'sensor', direction: 'transmit' };
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
