import type { Spending, Spendings } from '../capture/spending';
import { clock, cpus, nanoseconds, packetRate, percent, si } from '../parts/format';
import { words, type Cell, type Table } from '../parts/table';
import { budgetAt, cpusAt, describeLine, FRAMES, LINKS, packetsAt, type LineRate } from './lineRate';

const wholeCpus = (count: number): string => `${si(count)} ${count === 1 ? 'CPU' : 'CPUs'}`;

/** A peak that is so much above the mean is said. */
const PEAK = 1.1;

const PAYER_WORDS: Readonly<Record<string, string>> = {
  exit: 'VM exits',
  exit_kernel: 'VM exits, kernel',
  exit_vmm: 'VM exits, VMM',
  vhost: 'vhost',
  interrupt: 'NIC interrupts',
  softirq: 'softirq',
  capture: 'capture process',
};

export const payerLabel = (payer: string): string => PAYER_WORDS[payer] ?? payer;

/** What a VM's packet costs, how much of the budget that is, and what line rate would need. */
export function describeSpending(
  one: Spending,
  { vms, exitsOnly }: Spendings,
  line: LineRate,
  timeZone: string,
): { result: string; trust: string; note?: string } {
  const whose = one.vm ? ` of ${one.vm}` : '';
  const rank = vms.length > 1 && one === vms[0] ? ` (the nearest to its limit of ${vms.length} VMs)` : '';
  const rate = `${packetRate(one.rate)} on ${wholeCpus(one.cores)}`;
  const room =
    one.used < 1
      ? `${percent(1 - one.used)} is left, enough for ${packetRate(one.rate / one.used)}`
      : 'nothing is left';
  const needed = cpus(cpusAt(packetsAt(line), one.ns));
  const notes = [
    one.peak.used > one.used * PEAK
      ? `At its peak, ${clock(one.peak.time, timeZone)}, it was ${percent(one.peak.used)}.`
      : '',
    exitsOnly ? 'VM exits alone are counted.' : '',
  ].filter(Boolean);
  return {
    result: nanoseconds(one.ns),
    trust: `per packet${whose}${rank} use ${percent(one.used)} of the budget at the present rate (${rate}): ${room}. ${describeLine(line)} would need ${needed} CPUs`,
    ...(notes.length > 0 ? { note: notes.join(' ') } : {}),
  };
}

/** Ends of the axis in ns: the bars, the budgets that are not far beyond them, and a little air. */
export function domainOf({ vms }: Spendings, line: LineRate): number {
  const longest = Math.max(...vms.map(({ ns }) => ns));
  const near = vms
    .flatMap(({ budget, cores }) => [budget, budgetAt(packetsAt(line), cores)])
    .filter((ns) => ns <= longest * 2.5);
  return Math.max(longest, ...near) * 1.06;
}

/** Round numbers from nought to an end, some five of them. */
export function ticksTo(end: number): number[] {
  const rough = end / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough)!;
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step);
}

/** Every VM at the present rate and at every line rate. */
export function budgetTable({ vms, payers }: Spendings): Table {
  const lines: ReadonlyArray<LineRate | null> = [
    null,
    ...LINKS.flatMap((link) => FRAMES.map((frame) => ({ link, frame }))),
  ];
  return {
    caption: `Cost and budget of one packet of ${vms.length === 1 ? 'one VM' : `${vms.length} VMs`}, now and at line rates`,
    columns: [
      { title: 'VM', words: true },
      { title: 'At', words: true },
      { title: 'Rate', unit: 'packets/s' },
      { title: 'CPUs' },
      { title: 'Budget', unit: 'ns' },
      ...payers.map((payer) => ({ title: payerLabel(payer), unit: 'ns' })),
      { title: 'Cost', unit: 'ns' },
      { title: 'Used', unit: 'share' },
      { title: 'CPUs needed' },
    ],
    count: vms.length * lines.length,
    row: (index) => {
      const one = vms[Math.floor(index / lines.length)]!;
      const line = lines[index % lines.length]!;
      const rate = line ? packetsAt(line) : one.rate;
      const [budget, needed] = [budgetAt(rate, one.cores), cpusAt(rate, one.ns)];
      return [
        words(one.vm || 'all'),
        words(line ? describeLine(line) : 'the present rate'),
        { text: packetRate(rate), value: rate },
        { text: si(one.cores), value: one.cores },
        time(budget),
        ...payers.map((payer) => time(one.shares.find((share) => share.payer === payer)?.ns ?? null)),
        time(one.ns),
        { text: percent(one.ns / budget), value: one.ns / budget },
        { text: cpus(needed), value: needed },
      ];
    },
  };
}

const time = (ns: number | null): Cell => ({ text: ns === null ? '–' : nanoseconds(ns), value: ns });
