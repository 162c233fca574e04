import type { CollectorDescription, MetricDefinition } from './metric.js';
import { selfMetrics } from './self.js';

/** The text of docs/metrics.md: every metric of the given collectors and of the exporter itself. */
export function renderReference(collectors: readonly CollectorDescription[]): string {
  const sections = collectors.map(({ name, help, metrics }) =>
    section(`Collector \`${name}\``, help, metrics),
  );
  return [INTRODUCTION, ...sections, section('The exporter itself', OWN_HELP, selfMetrics), PROCESS].join(
    '\n',
  );
}

const INTRODUCTION = `# Metrics

<!-- Written by "npm run docs" from the definitions in exporter/src: change them there. -->

Counters only rise while their series exists; they start anew with the exporter, and the series of a virtual machine ends with
it. Units are base units. \`vm\` is the name of a virtual machine; join by \`uuid\` between a host and what runs inside its guests.
Of VMs that have ended within the linger, 128 are shown by name; what others counted that were short-lived is added up under
\`vm="(short-lived VMs)"\`.
A collector is switched with \`--collector.<name>\` and \`--no-collector.<name>\`.
`;

const OWN_HELP = 'Written for every collector; look here first when a number seems wrong';

const PROCESS = `## The process

The \`process_*\` and \`nodejs_*\` metrics of prom-client tell what the exporter itself uses of processor, memory and files.
`;

function section(title: string, help: string, metrics: readonly MetricDefinition[]): string {
  const rows = metrics.map(
    (metric) =>
      `| \`${metric.name}\` | ${metric.type} | ${metric.labels.map((l) => `\`${l}\``).join(', ')} | ${cell(metric)} |`,
  );
  return [
    `## ${title}`,
    '',
    `${help}.`,
    '',
    '| metric | type | labels | meaning |',
    '|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function cell({ help, details, buckets }: MetricDefinition): string {
  const bounds = buckets?.length ? ` ${buckets.length} buckets from ${buckets[0]} to ${buckets.at(-1)}.` : '';
  const text = details === undefined ? help : `${help} ${details}`;
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;') + bounds;
}
