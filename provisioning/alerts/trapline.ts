/** Trapline itself: while one of these fires, other alerts may be missing. */
import { type Alert, where } from './alert.js';

/** The jobs that scrape Trapline are called `trapline` or begin with it. */
export const OWN = 'job=~"trapline.*"';

export const ownAlerts: readonly Alert[] = [
  {
    name: 'TraplineDown',
    severity: 'critical',
    value: `1 - up{${OWN}}`,
    threshold: 0,
    for: '2m',
    keepFiringFor: '0s',
    silent: true,
    summary: (t) => `${where(t)} cannot be scraped`,
    description: (t) =>
      `Prometheus gets no metrics from Trapline on ${t.label('instance')}: loss there would go unnoticed.`,
  },
  {
    name: 'TraplineCollectorFailing',
    severity: 'warning',
    value: '1 - trapline_collector_up',
    threshold: 0,
    for: '5m',
    keepFiringFor: '0s',
    summary: (t) => `${where(t)}: the collector ${t.label('collector')} fails`,
    description: (t) =>
      `The series of the collector ${t.label('collector')} are missing, and what is computed from them as well.`,
  },
  {
    name: 'TraplineEventsLost',
    severity: 'warning',
    value: 'sum by (instance, collector, cause) (increase(trapline_events_lost_total[5m]))',
    threshold: 0,
    for: '0s',
    keepFiringFor: '10m',
    summary: (t) => `${where(t)}: the collector ${t.label('collector')} missed ${t.number} events`,
    description: (t) =>
      `In five minutes ${t.number} events could not be counted, for ${t.label('cause')}: the numbers of ` +
      `${t.label('collector')} are too low.`,
  },
  {
    name: 'TraplineOwnCost',
    severity: 'warning',
    // A hundred VMs scraped every 5 s take well under a hundredth of a CPU.
    value: `rate(process_cpu_seconds_total{${OWN}}[5m])`,
    threshold: 0.05,
    for: '10m',
    keepFiringFor: '5m',
    summary: (t) => `${where(t)}: Trapline takes ${t.percentage} of a CPU`,
    description: () => 'Watching costs more than it should, and takes its time from what it watches.',
  },
  {
    name: 'TraplineProgramsOverBudget',
    severity: 'warning',
    // Without --cost-budget a hundredth of all CPUs stands for it.
    value:
      'trapline_program_cost_ratio' +
      ' / (trapline_cost_budget_ratio or on (instance, job) 0 * trapline_program_cost_ratio + 0.01)',
    threshold: 1,
    for: '5m',
    keepFiringFor: '5m',
    summary: (t) => `${where(t)}: Trapline’s programs take ${t.decimal} times their budget`,
    description: () =>
      'What runs inside the kernel to watch takes more of the CPUs than it may. Where a budget is set, the dearest collectors are being switched off.',
  },
];
