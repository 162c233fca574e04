import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { assemble, type Section } from './layout.js';
import { lines, rows, stacked } from './panels.js';
import { all, nowTable, onHost, range, rate } from './queries.js';

const ofTrapline = `job=~"trapline.*",${onHost}`;
const gauge = (metric: string, by: string) => `sum by (${by}) (${metric}{${onHost}})`;

const sight: Section = {
  title: 'What it sees',
  panels: () => [
    rows({
      title: 'What can Trapline see on this host?',
      description:
        'Every program Trapline attaches to the kernel: 1 is attached; 0 is not, with the reason. What is not attached is missing elsewhere, not zero.',
      unit: 'none',
      targets: [nowTable('A', `trapline_program_attached{${onHost}}`)],
      size: [24, 10],
      next: 'host',
    }),
    lines({
      title: 'What did it miss?',
      description:
        'Events per second that could not be counted, by collector and cause. Anything but 0 means that other numbers are too low.',
      unit: 'eps',
      targets: [
        range(
          'A',
          all('trapline_events_lost_total', 'instance, collector, cause'),
          '{{instance}} {{collector}} {{cause}}',
        ),
      ],
      size: [12, 8],
      next: 'host',
    }),
    lines({
      title: 'Which collectors work?',
      description: 'Share of the machines on which a collector finished its last scrape.',
      unit: 'percentunit',
      targets: [range('A', `avg by (collector) (trapline_collector_up{${onHost}})`, '{{collector}}')],
      size: [12, 8],
      next: 'fleet',
    }).max(1),
  ],
};

const price: Section = {
  title: 'What it costs',
  panels: () => [
    lines({
      title: 'How much of a CPU does Trapline take?',
      description:
        'CPU seconds per second of the process that serves. What its programs take inside the kernel is spent by those whom they watch.',
      unit: 'percentunit',
      targets: [range('A', rate('process_cpu_seconds_total', 'instance', ofTrapline), '{{instance}}')],
      size: [8, 8],
      next: 'host',
    }),
    stacked({
      title: 'What do its programs cost?',
      description:
        'CPU seconds per second of the programs in the kernel, estimated from one measured second of every ten.',
      unit: 'suffix:s/s',
      targets: [
        range(
          'A',
          all('trapline_program_run_seconds_total', 'instance, collector, program'),
          '{{instance}} {{program}}',
        ),
      ],
      size: [8, 8],
      next: 'host',
    }),
    lines({
      title: 'Do they keep to their budget?',
      description:
        'Share of the time of all CPUs that the programs took together, and the most they may take where a budget is set.',
      unit: 'percentunit',
      targets: [
        range('A', `trapline_program_cost_ratio{${onHost}}`, '{{instance}}'),
        range('B', `trapline_cost_budget_ratio{${onHost}}`, '{{instance}} budget'),
      ],
      size: [8, 8],
      next: 'host',
    }),
    lines({
      title: 'How much memory does it hold?',
      description: 'Resident memory of the process that serves.',
      unit: 'bytes',
      targets: [range('A', `process_resident_memory_bytes{${ofTrapline}}`, '{{instance}}')],
      size: [8, 8],
      next: 'host',
    }),
    lines({
      title: 'Does it answer in time?',
      description: 'How long Prometheus waited for an answer, and by how much the event loop was late.',
      unit: 's',
      targets: [
        range('A', `scrape_duration_seconds{${ofTrapline}}`, '{{instance}} scrape'),
        range('B', `nodejs_eventloop_lag_p99_seconds{${ofTrapline}}`, '{{instance}} event loop, 99 %'),
      ],
      size: [8, 8],
      next: 'host',
    }),
    stacked({
      title: 'Which collector takes the time of a scrape?',
      description: 'Wall time that each collector took in the last scrape.',
      unit: 's',
      targets: [
        range(
          'A',
          gauge('trapline_collector_duration_seconds', 'instance, collector'),
          '{{instance}} {{collector}}',
        ),
      ],
      size: [8, 8],
      next: 'host',
    }),
    stacked({
      title: 'How many series are there?',
      description: 'Series exported in the last scrape, by collector.',
      unit: 'short',
      targets: [range('A', gauge('trapline_series', 'instance, collector'), '{{instance}} {{collector}}')],
      size: [12, 8],
      next: 'fleet',
    }),
    lines({
      title: 'Are series left out?',
      description:
        'Series per second that were not exported, because a collector had used up its budget of series or had written the same one twice.',
      unit: 'suffix:series/s',
      targets: [
        range('A', all('trapline_series_dropped_total', 'instance, collector'), '{{instance}} {{collector}}'),
      ],
      size: [12, 8],
      next: 'fleet',
    }),
  ],
};

const machines: Section = {
  title: 'Where it runs',
  panels: () => [
    rows(
      {
        title: 'Which version runs where?',
        description: 'Versions of Trapline, of the kernel and of libbpf, and the role of each machine.',
        unit: 'none',
        targets: [
          // What is aggregated has no name: rows of different metrics would stay apart.
          nowTable('build', `max by (instance, version, kernel, libbpf) (trapline_build_info{${onHost}})`),
          nowTable('role', `max by (instance, role, uuid) (trapline_machine_info{${onHost}})`),
        ],
        size: [24, 7],
        next: 'fleet',
      },
      ['Value #build', 'Value #role'],
    ),
  ],
};

/** *Trapline itself*: whether its numbers can be trusted, and what they cost. */
export const trapline = (): Dashboard =>
  assemble({
    name: 'trapline',
    title: 'Trapline itself',
    description: 'What Trapline can see, what it missed, and what watching costs.',
    vm: false,
    sections: [sight, price, machines],
  });
