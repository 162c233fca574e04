/** Asks a Prometheus what the panels of a dashboard ask, and lays the answers out as Grafana's data source does. */
import { FieldType, type FieldDTO } from '@grafana/data';
import { withVariables } from '../../provisioning/promql';
import type { Filled, PanelJson } from './src/dashboard';

/** A panel with its queries. */
export interface AskingPanel extends PanelJson {
  readonly targets?: readonly Target[];
}

interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly format?: string;
  readonly instant?: boolean;
  readonly legendFormat?: string;
}

/** Where the answers come from. */
export interface Source {
  readonly url: string;
  /** Unix seconds. */
  readonly from: number;
  readonly to: number;
  /** Other names for label values. */
  readonly names: ReadonlyMap<string, string>;
}

type Labels = Record<string, string>;
type Frame = Filled['frames'][number][number];
interface Found {
  readonly metric: Labels;
  readonly values: ReadonlyArray<[number, string]>;
}

const STEP = 5;
/** What Grafana lists by itself; the page has it as a table. */
const FIRING: Target = {
  ...{ refId: 'A', instant: true, format: 'table' },
  expr: 'sort_desc(sum by (alertname, severity, instance, vm, stage) (ALERTS{alertstate="firing"}))',
};
const asList = ({ fields, ...frame }: Frame): Frame => ({
  ...frame,
  fields: fields.filter(({ type }) => type === FieldType.string),
});

export async function framesOf(panel: AskingPanel, source: Source): Promise<Frame[]> {
  if (panel.type === 'alertlist')
    return (await framesOf({ ...panel, type: 'table', targets: [FIRING] }, source)).map(asList);
  const { targets = [] } = panel;
  const answers = targets.map(async (target) => {
    const found = await ask(target, source);
    if (target.format === 'table') return [tableOf(target.refId, found, targets.length)];
    return target.format === 'heatmap' ? [bucketsOf(found)] : found.map((one) => lineOf(target, one, source));
  });
  return (await Promise.all(answers)).flat();
}

async function ask({ expr, instant }: Target, { url, from, to, names }: Source): Promise<Found[]> {
  const query = withVariables(expr, '30s');
  const [path, times] = instant
    ? ['query', { time: `${to}` }]
    : ['query_range', { start: `${from}`, end: `${to}`, step: `${STEP}` }];
  const body = new URLSearchParams({ query, ...times });
  const answer = await fetch(`${url}/api/v1/${path}`, { method: 'POST', body });
  const { data, error } = (await answer.json()) as {
    data?: { result: Array<{ metric: Labels; value?: [number, string]; values?: Found['values'] }> };
    error?: string;
  };
  if (!data) throw new Error(`${error} in ${query}`);
  const named = (metric: Labels) =>
    Object.fromEntries(Object.entries(metric).map(([label, value]) => [label, names.get(value) ?? value]));
  return data.result.map(({ metric, value, values }) => ({
    metric: named(metric),
    values: values ?? [value!],
  }));
}

const timeField = (seconds: readonly number[]): FieldDTO => ({
  ...{ name: 'Time', type: FieldType.time, values: seconds.map((time) => time * 1000) },
});

/** Where Prometheus has no value there is a gap, not a line from one end to the other. */
function lineOf(
  { refId, legendFormat = '' }: Target,
  { metric, values }: Found,
  { from, to }: Source,
): Frame {
  const displayNameFromDS = legendFormat
    .replaceAll(/{{(\w+)}}/g, (_, label: string) => metric[label] ?? '')
    .trim();
  const value = { name: 'Value', type: FieldType.number, labels: metric, config: { displayNameFromDS } };
  const known = new Map(values);
  const grid = Array.from({ length: (to - from) / STEP + 1 }, (_, i) => from + i * STEP);
  const numbers = grid.map((time) => (known.has(time) ? Number(known.get(time)) : null));
  return { refId, fields: [timeField(grid), { ...value, values: numbers }] };
}

function tableOf(refId: string, found: readonly Found[], queries: number): Frame {
  const labels = [...new Set(found.flatMap(({ metric }) => Object.keys(metric)))].sort();
  const column = (label: string) => found.map(({ metric }) => metric[label] ?? '');
  return {
    refId,
    fields: [
      timeField(found.map(({ values }) => values[0]![0])),
      ...labels.map((name) => ({ name, type: FieldType.string, values: column(name) })),
      {
        name: queries > 1 ? `Value #${refId}` : 'Value',
        type: FieldType.number,
        values: found.map(({ values }) => Number(values[0]![1])),
      },
    ],
  };
}

/** Prometheus' buckets contain the smaller ones; here each has its own only. */
function bucketsOf(found: readonly Found[]): Frame {
  const end = ({ metric: { le } }: Found) => (le === '+Inf' ? Infinity : Number(le));
  const rising = found.toSorted((a, b) => end(a) - end(b));
  const values = rising.map((one) => new Map(one.values.map(([time, value]) => [time, Number(value)])));
  const times = (rising[0]?.values ?? []).map(([time]) => time);
  const own = (i: number) =>
    times.map((time) => Math.max(0, (values[i]!.get(time) ?? 0) - (values[i - 1]?.get(time) ?? 0)));
  return {
    refId: 'A',
    fields: [
      timeField(times),
      ...rising.map(({ metric }, i) => ({ name: metric['le']!, type: FieldType.number, values: own(i) })),
    ],
  };
}
