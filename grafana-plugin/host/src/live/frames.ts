import { FieldType, type DataFrame } from '@grafana/data';
import type { LiveHop } from '../../../../exporter/src/live/protocol';
import { PAYERS } from '../../../src/capture/roles';
import type { Growth } from './history';
import { stagesOf, type StageTraffic } from './stages';
import {
  coresOfMachine,
  coresOfVm,
  costOfExits,
  payersOfMachine,
  payersOfVm,
  totalsOf,
  type About,
  type Payers,
} from './subjects';
import { summaries } from './summary';

/** The exporter samples less often where samples are dear; what is missing is null. */
const LONGEST_STEP_MS = 15_000;

type Labels = Readonly<Record<string, string>>;
type Values = ReadonlyArray<number | null>;

/**
 * The history as the frames that the dashboard's queries would return: one per role, VM and further label, a value per
 * interval, null where there is a gap.
 */
export function framesOf(
  growths: readonly Growth[],
  about: About,
  hops: readonly LiveHop[] = [],
): DataFrame[] {
  const times = growths.map(({ t }) => t);
  const vms = 'machine' in about ? [] : about.vms;
  const series =
    'machine' in about
      ? machineSeries(growths, about.machine)
      : about.vms.flatMap((vm) => vmSeries(growths, vm));
  return [...series, ...stageSeries(growths, vms, hops)].map(({ query, labels, values, unit }) => ({
    refId: query,
    length: times.length,
    fields: [
      { name: 'Time', type: FieldType.time, values: times, config: { interval: LONGEST_STEP_MS } },
      { name: query, type: FieldType.number, values: [...values], labels, config: unit ? { unit } : {} },
    ],
  }));
}

interface Series {
  readonly query: string;
  readonly labels: Labels;
  readonly values: Values;
  readonly unit?: string;
}

function vmSeries(growths: readonly Growth[], vm: string): Series[] {
  const vms = growths.map(({ vms }) => vms.get(vm));
  const timed = vms.some((entry) => entry?.seconds);
  const classes = [...new Set(vms.flatMap((entry) => Object.keys(entry?.exits ?? {})))].sort();
  const rate = (pick: (entry: NonNullable<(typeof vms)[number]>) => number | undefined): Values =>
    perSecond(growths, (_, i) => vms[i] && pick(vms[i]));
  return [
    ...trafficSeries(growths, { vms: [vm] }, vm),
    ...(timed ? [{ query: 'cost', labels: { vm }, values: rate(costOfExits) }] : []),
    ...classes.map((name) => ({
      query: 'exits',
      labels: { vm, class: name },
      values: rate(({ exits }) => exits && (exits[name] ?? 0)),
    })),
    // Those that reached the VMM stand in where the others are not seen.
    ...(classes.length === 0
      ? [{ query: 'exits', labels: { vm }, values: rate(({ userspaceExits }) => userspaceExits) }]
      : []),
    // Without its exits the sum of a VM would look like all there is to pay.
    ...(timed ? payerSeries(growths, vm, (growth) => payersOfVm(growth, vm)) : []),
    ...coreSeries(
      vm,
      growths.map((growth) => coresOfVm(growth, vm)),
    ),
  ];
}

function machineSeries(growths: readonly Growth[], vm: string): Series[] {
  const about = { machine: vm };
  const cost = perSecond(growths, (growth) => totalsOf(growth, about).cost);
  return [
    ...trafficSeries(growths, about, vm),
    { query: 'cost', labels: { vm }, values: cost },
    ...payerSeries(growths, vm, payersOfMachine),
    ...coreSeries(vm, growths.map(coresOfMachine)),
  ];
}

function trafficSeries(growths: readonly Growth[], about: About, vm: string): Series[] {
  const each = summaries(growths, about);
  const packets = each.map(({ packetsPerSecond }) => packetsPerSecond);
  const loss = each.map((summary) => summary.loss);
  return [
    { query: 'throughput', labels: { vm }, values: packets, unit: 'pps' },
    { query: 'loss', labels: { vm }, values: loss, unit: 'percentunit' },
  ];
}

function payerSeries(growths: readonly Growth[], vm: string, payersOf: (growth: Growth) => Payers): Series[] {
  const payers = growths.map(payersOf);
  return PAYERS.filter((payer) => payers.some((entry) => entry[payer] !== undefined)).map((payer) => ({
    query: 'payer',
    labels: { vm, payer },
    values: perSecond(growths, (_, i) => payers[i]![payer]),
  }));
}

const coreSeries = (vm: string, values: Values): Series[] =>
  values.some((value) => value !== null) ? [{ query: 'cores', labels: { vm }, values }] : [];

function stageSeries(growths: readonly Growth[], vms: readonly string[], hops: readonly LiveHop[]): Series[] {
  const keyOf = ({ stage, device, vm, hop }: StageTraffic): string =>
    JSON.stringify({ vm, stage, device, hop });
  const all = growths.map(
    (growth) => new Map(stagesOf(growth, vms, hops).map((entry) => [keyOf(entry), entry])),
  );
  const keys = new Set(all.flatMap((stages) => [...stages.keys()]));
  return [...keys].flatMap((key) => {
    const labels = JSON.parse(key) as Labels;
    const rate = (quantity: 'carried' | 'dropped'): Values =>
      perSecond(growths, (_, i) => all[i]!.get(key)?.[quantity]);
    return [
      { query: 'carried', labels, values: rate('carried'), unit: 'pps' },
      { query: 'dropped', labels, values: rate('dropped'), unit: 'pps' },
    ].filter(({ values }) => values.some((value) => value !== null));
  });
}

function perSecond(
  growths: readonly Growth[],
  pick: (growth: Growth, i: number) => number | null | undefined,
): Values {
  return growths.map((growth, i) => {
    const value = pick(growth, i);
    return typeof value === 'number' ? value / growth.seconds : null;
  });
}
