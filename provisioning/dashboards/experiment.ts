import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { assemble, type Section } from './layout.js';
import { lines, number, rows, stacked } from './panels.js';
import { all, nowTable, onHost, range } from './queries.js';

const cells = (state: string) => `sum by (instance) (trapline_experiment_cells{state="${state}",${onHost}})`;

const run: Section = {
  title: 'The run',
  panels: () => [
    number({
      title: 'How far is the run?',
      description: 'Cells of the plan that are measured, as a share of all.',
      unit: 'percentunit',
      targets: [range('A', `${cells('measured')} / (${cells('planned')} > 0)`, '{{instance}}')],
      size: [4, 6],
      next: 'trapline',
    }),
    number({
      title: 'How long will it take?',
      description: 'Time until the last cell is measured, as told when a cell began or ended.',
      unit: 's',
      targets: [
        range('A', `sum by (instance) (trapline_experiment_remaining_seconds{${onHost}})`, '{{instance}}'),
      ],
      size: [4, 6],
      next: 'trapline',
    }),
    rows(
      {
        title: 'Which cell is being measured?',
        description:
          'The cell whose sensor is loaded now. Every cell is also a mark on the graphs, as long as it lasts.',
        unit: 'none',
        targets: [nowTable('A', `trapline_experiment_cell_info{${onHost}}`)],
        size: [16, 6],
        next: 'trapline',
      },
      ['Value'],
    ),
  ],
};

const packets: Section = {
  title: 'Packets',
  panels: () => [
    lines({
      title: 'How many packets are offered, and how many captured?',
      description: 'Packets a second as the source counts them, and as the sensors say that they got them.',
      unit: 'pps',
      targets: [
        range(
          'offered',
          all('trapline_experiment_offered_packets_total', 'instance'),
          '{{instance}} offered',
        ),
        range(
          'captured',
          all('trapline_experiment_delivered_packets_total', 'instance'),
          '{{instance}} captured',
        ),
      ],
      size: [12, 10],
      next: 'appliance',
    }),
    stacked({
      title: 'Where are the others lost?',
      description: 'Packets a second that were lost on the way to the sensor, by stage.',
      unit: 'pps',
      targets: [range('A', all('trapline_experiment_lost_packets_total', 'stage'), '{{stage}}')],
      size: [12, 10],
      next: 'appliance',
    }),
  ],
};

const cost: Section = {
  title: 'What the host pays meanwhile',
  panels: () => [
    stacked({
      title: 'Which exits do the VMs take?',
      description: 'VM exits per second by class, of all VMs of the host.',
      unit: 'suffix:exits/s',
      targets: [range('A', all('trapline_vm_exits_total', 'class'), '{{class}}')],
      size: [8, 9],
      next: 'appliance',
    }),
    stacked({
      title: "What do the host's CPUs do?",
      description: "Seconds per second of the host's CPUs by activity.",
      unit: 'suffix:s/s',
      targets: [range('A', all('trapline_cpu_seconds_total', 'activity'), '{{activity}}')],
      size: [8, 9],
      next: 'host',
    }),
    lines({
      title: 'Which NICs interrupt the host?',
      description: 'Interrupts per second by device.',
      unit: 'suffix:interrupts/s',
      targets: [range('A', all('trapline_nic_interrupts_total', 'device'), '{{device}}')],
      size: [8, 9],
      next: 'host',
    }),
  ],
};

/** *Experiment*: a run of `trapline experiment` while it goes on, each cell a mark on the graphs. */
export const experiment = (): Dashboard =>
  assemble({
    name: 'experiment',
    title: 'Experiment',
    description: 'A run of trapline experiment while it goes on: which cell, how many packets, lost where.',
    vm: false,
    sections: [run, packets, cost],
    marks: {
      name: 'Cells',
      expr: `trapline_experiment_cell_info{${onHost}}`,
      title: '{{method}} in {{platform}}',
      text: '{{cell}}',
      tags: ['monitor', 'flows', 'size'],
    },
  });
