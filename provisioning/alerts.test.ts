import { expect, test } from 'vitest';
import { alerts } from './alerts/index.js';
import { STEP, counter, gauge, runRuleCases, selector } from './promtool.js';
import { type Story, casesOf } from './story.js';

const packets = 'trapline_path_packets_total';
const drops = 'trapline_path_drops_total';
const rxDropped = 'trapline_path_rx_dropped_total';
const at = { instance: 'a' };
const vm = { instance: 'a', vm: 'sensor' };
const tap = { ...vm, stage: 'tap', device: 'tap0', direction: 'transmit' };
const queue = { ...tap, stage: 'qdisc' };
const filter = { ...tap, stage: 'tc' };
const stageOf = (stage: string, device = '') => ({ ...at, stage, device, direction: 'receive' });
const socket = { ...at, process: 'suricata', device: 'eth0', method: 'v3' };
/** Of a sensor of that name in another container, which loses nothing. */
const other = { ...socket, container: '102' };
const exits = (state: string) => ({ ...vm, class: 'io', reason: 'io', state });
const job = { instance: 'a', job: 'trapline' };
/** The past that an alert compares with ends an hour ago. */
const LONG = 1.5 * 3600;

const stories: readonly Story[] = [
  {
    alert: 'TraplineCaptureLoss',
    severities: ['warning'],
    labels: { ...vm, stage: 'tap', device: 'tap0' },
    series: { [selector(packets, tap)]: [1000, 980], [selector(drops, tap)]: [10, 20] },
    shown: '2%',
    summary: 'sensor on a loses 2% of its packets at tap (tap0)',
  },
  {
    alert: 'TraplineCaptureLoss',
    labels: { ...vm, stage: 'tap', device: 'tap0' },
    series: { [selector(packets, tap)]: [1000, 900], [selector(drops, tap)]: [0, 100] },
    shown: '10%',
    summary: 'sensor on a loses 10% of its packets at tap (tap0)',
  },
  {
    alert: 'TraplineCaptureLoss',
    labels: { ...vm, stage: 'qdisc', device: 'tap0' },
    series: { [selector(packets, queue)]: [1000, 900], [selector(drops, queue)]: [0, 100] },
    shown: '10%',
    summary: 'sensor on a loses 10% of its packets at qdisc (tap0)',
  },
  {
    alert: 'TraplineCaptureLoss',
    labels: { ...vm, stage: 'tc', device: 'tap0' },
    series: { [selector(packets, filter)]: [1000, 900], [selector(drops, filter)]: [0, 100] },
    shown: '10%',
    summary: 'sensor on a loses 10% of its packets at tc (tap0)',
  },
  {
    // Half is lost all the time, but 166 packets a second are 9960 a minute: too few to judge.
    alert: 'TraplineCaptureLoss',
    labels: { ...vm, stage: 'tap', device: 'tap0' },
    series: { [selector(packets, tap)]: [83, 84], [selector(drops, tap)]: [83, 84] },
    shown: '50%',
    summary: 'sensor on a loses 50% of its packets at tap (tap0)',
  },
  {
    alert: 'TraplineCaptureLoss',
    labels: { ...at, stage: 'nic_hardware', device: 'eth0' },
    series: {
      [selector(packets, stageOf('nic_hardware', 'eth0'))]: [1000, 1000],
      [selector(drops, stageOf('nic_hardware', 'eth0'))]: [10, 250],
    },
    shown: '25%',
    summary: 'a loses 25% of its packets at nic_hardware (eth0)',
  },
  {
    alert: 'TraplineCaptureLoss',
    labels: { ...at, stage: 'softnet' },
    series: {
      [selector(packets, stageOf('softnet'))]: [990, 900],
      [selector(drops, stageOf('softnet'))]: [9, 100],
    },
    shown: '10%',
    summary: 'a loses 10% of its packets at softnet',
  },
  {
    alert: 'TraplineCaptureLoss',
    labels: { ...at, stage: 'socket', device: 'eth0', process: 'suricata' },
    series: {
      [selector('trapline_capture_packets_total', socket)]: [1000, 500],
      [selector('trapline_capture_drops_total', socket)]: [0, 500],
    },
    shown: '50%',
    summary: 'a loses 50% of its packets at socket (eth0, suricata)',
  },
  {
    alert: 'TraplineCaptureLoss',
    labels: { ...at, stage: 'socket', device: 'eth0', process: 'suricata', container: '101' },
    series: {
      [selector('trapline_capture_packets_total', { ...socket, container: '101' })]: [1000, 500],
      [selector('trapline_capture_drops_total', { ...socket, container: '101' })]: [0, 500],
      [selector('trapline_capture_packets_total', other)]: [1000, 1000],
      [selector('trapline_capture_drops_total', other)]: [0, 0],
    },
    dispensable: [
      selector('trapline_capture_packets_total', other),
      selector('trapline_capture_drops_total', other),
    ],
    shown: '50%',
    summary: 'a loses 50% of its packets at socket (eth0, suricata in 101)',
  },
  {
    alert: 'TraplineUnseenLoss',
    labels: vm,
    series: {
      [selector(packets, tap)]: [1000, 1000],
      [selector(packets, { ...stageOf('guest_nic', 'eth0'), instance: 'g' })]: [960, 900],
      [selector('trapline_vm_info', { ...vm, uuid: 'u', vmm: 'qemu', pid: '7' })]: [1, 1],
      [selector('trapline_machine_info', { instance: 'g', role: 'guest', uuid: 'u' })]: [1, 1],
    },
    shown: '10%',
    summary: 'sensor on a loses 10% of its packets between tap and guest, uncounted',
  },
  {
    alert: 'TraplineTapDrops',
    labels: { ...vm, stage: 'tap', device: 'tap0' },
    series: { [selector(drops, tap)]: [10, 11] },
    shown: '11',
    summary: 'sensor on a: tap0 drops 11 packets/s',
  },
  {
    alert: 'TraplineNicDrops',
    labels: { ...at, stage: 'nic_hardware', device: 'eth0' },
    series: { [selector(drops, stageOf('nic_hardware', 'eth0'))]: [0, 4] },
    shown: '4',
    summary: 'a: the hardware of eth0 drops 4 packets/s',
  },
  {
    alert: 'TraplineSoftnetDrops',
    labels: { ...at, stage: 'softnet' },
    series: { [selector(drops, stageOf('softnet'))]: [10, 1200] },
    shown: '1.2k',
    summary: 'a: softnet drops 1.2k packets/s',
  },
  {
    alert: 'TraplineSoftnetSqueezed',
    labels: at,
    series: { [selector('trapline_softnet_squeezed_total', at)]: [10, 12] },
    shown: '12',
    summary: 'a: packet polling is cut short 12 times/s',
  },
  {
    alert: 'TraplineBudgetNearlySpent',
    labels: vm,
    series: {
      [selector(packets, tap)]: [1000, 1000],
      [selector('trapline_vm_guest_seconds_total', vm)]: [0.75, 0.9375],
      [selector('trapline_vm_exit_seconds_total', exits('blocked'))]: [0.25, 0.0625],
    },
    shown: '93.75%',
    summary: 'sensor on a has spent 93.75% of its packet budget',
  },
  {
    alert: 'TraplineBudgetNearlySpent',
    labels: vm,
    series: {
      [selector(packets, tap)]: [1000, 1000],
      [selector('trapline_vhost_seconds_total', { ...vm, state: 'running' })]: [0.5, 0.5],
      [selector('trapline_vhost_seconds_total', { ...vm, state: 'runqueue' })]: [0.25, 0.5],
    },
    shown: '100%',
    summary: 'sensor on a has spent 100% of its packet budget',
  },
  {
    alert: 'TraplineExitCostUp',
    labels: vm,
    before: LONG,
    series: {
      [selector(packets, tap)]: [1024, 1024],
      [selector('trapline_vm_exit_seconds_total', exits('kernel'))]: [0.125, 0.375],
    },
    shown: '3.0',
    summary: 'sensor on a pays 3.0 times as much for the exits of a packet as it did',
  },
  {
    alert: 'TraplineKickSuppressionLost',
    labels: vm,
    before: LONG,
    series: {
      [selector(packets, tap)]: [1000, 1000],
      [selector('trapline_virtio_kicks_total', { ...vm, path: 'ioeventfd' })]: [125, 1000],
    },
    shown: '1.0',
    summary: 'sensor on a rings 1.0 doorbells for each packet',
  },
  {
    alert: 'TraplineInterruptStorm',
    labels: { ...at, device: 'eth0', queue: 'rx-0' },
    series: {
      [selector('trapline_nic_interrupts_total', { ...at, device: 'eth0', queue: 'rx-0' })]: [50_000, 80_000],
    },
    shown: '80k',
    summary: 'a: eth0 rx-0 interrupts 80k times/s',
  },
  {
    alert: 'TraplineInjectionStorm',
    labels: vm,
    series: { [selector('trapline_virtio_injections_total', { ...vm, path: 'fast' })]: [50_000, 80_000] },
    shown: '80k',
    summary: 'sensor on a is interrupted 80k times/s',
  },
  {
    alert: 'TraplineDown',
    labels: job,
    series: { [selector('up', job)]: [1, 0] },
    shown: '1',
    summary: 'a cannot be scraped',
  },
  {
    alert: 'TraplineCollectorFailing',
    labels: { ...job, collector: 'path' },
    series: { [selector('trapline_collector_up', { ...job, collector: 'path' })]: [1, 0] },
    shown: '1',
    summary: 'a: the collector path fails',
  },
  {
    alert: 'TraplineEventsLost',
    labels: { ...at, collector: 'vm_exit', cause: 'table full' },
    window: 300,
    series: {
      [selector('trapline_events_lost_total', { ...job, collector: 'vm_exit', cause: 'table full' })]: [0, 1],
    },
    shown: '300',
    summary: 'a: the collector vm_exit missed 300 events',
  },
  {
    alert: 'TraplineOwnCost',
    labels: job,
    window: 300,
    series: { [selector('process_cpu_seconds_total', job)]: [0.03125, 0.25] },
    shown: '25%',
    summary: 'a: Trapline takes 25% of a CPU',
  },
  {
    alert: 'TraplineProgramsOverBudget',
    labels: job,
    series: { [selector('trapline_program_cost_ratio', job)]: [0.01, 0.03] },
    shown: '3.0',
    summary: 'a: Trapline’s programs take 3.0 times their budget',
  },
  {
    alert: 'TraplineProgramsOverBudget',
    labels: job,
    series: {
      [selector('trapline_program_cost_ratio', job)]: [0.005, 0.25],
      [selector('trapline_cost_budget_ratio', job)]: [0.005, 0.125],
    },
    // Without a budget of its own it is held to the hundredth.
    dispensable: [selector('trapline_cost_budget_ratio', job)],
    shown: '2.0',
    summary: 'a: Trapline’s programs take 2.0 times their budget',
  },
];

test('a day of packets that no protocol wants, and captures get, fires nothing', { timeout: 600_000 }, () => {
  const DAY = 86_400;
  const inside = { instance: 'g', device: 'eth0' };
  const rates: Record<string, number> = {
    ...unwanted({ ...at, stage: 'nic_driver', device: 'eth0' }),
    ...unwanted({ ...at, stage: 'bridge', device: 'br0' }),
    ...unwanted({ ...inside, stage: 'guest_nic' }),
    [selector(packets, tap)]: 1000,
    [selector(drops, tap)]: 0,
    [selector(rxDropped, { ...vm, stage: 'tap', device: 'tap0' })]: 500,
  };
  const series = {
    ...mapped(rates, (perSecond) => counter([{ steps: DAY / STEP + 1, perSecond }])),
    ...mapped(
      {
        [selector('trapline_vm_info', { ...vm, uuid: 'u', vmm: 'qemu', pid: '7' })]: 1,
        [selector('trapline_machine_info', { instance: 'g', role: 'guest', uuid: 'u' })]: 1,
      },
      (value) => gauge([{ steps: DAY / STEP + 1, value }]),
    ),
  };
  const fired = { at: DAY, expr: 'count by (alertname, severity) (count_over_time(ALERTS[1d]))' };
  const delivered = { at: DAY, expr: 'instance_vm:trapline_delivered:rate1m' };
  runRuleCases([
    {
      name: 'half in rx_dropped',
      series,
      answers: [
        { ...fired, samples: {} },
        { ...delivered, samples: { [selector(delivered.expr, vm)]: 1000 } },
      ],
    },
  ]);

  /** A thousand packets a second, half of them in rx_dropped. */
  function unwanted(place: { instance: string; stage: string; device: string }): Record<string, number> {
    return {
      [selector(packets, { ...place, direction: 'receive' })]: 1000,
      [selector(rxDropped, place)]: 500,
    };
  }
});

test('every alert has a story', () => {
  expect([...new Set(stories.map(({ alert }) => alert))].sort()).toEqual(
    [...new Set(alerts.map(({ name }) => name))].sort(),
  );
});

test.for(stories.map((story) => [story.summary, story] as const))('%s', ([, story]) => {
  runRuleCases(casesOf(story));
});

function mapped(values: Record<string, number>, write: (value: number) => string): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, write(value)]));
}
