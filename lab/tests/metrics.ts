/** Reads the few numbers the tests compare out of what Trapline serves. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Scrape } from '../../experiment/src/counting/scrape.js';
import type { LabHost } from '../host.js';
import { liveHistory, scrape, watchLive } from '../trapline.js';

/** The sum of a metric's samples that carry all the given labels; zero without any. */
export function sumOf(text: string, metric: string, labels: Readonly<Record<string, string>>): number {
  return new Scrape(text).sum(metric, labels);
}

/** VM exits of one VM by class, without the classes it has none of. */
export async function exitsByClass(host: LabHost, vm: string): Promise<Record<string, number>> {
  const text = await scrape(host);
  const classes = [
    'io',
    'mmio',
    'halt',
    'interrupt',
    'cpuid',
    'msr',
    'page_fault',
    'hypercall',
    'pause',
    'other',
  ];
  const counts = classes.map(
    (name) => [name, sumOf(text, 'trapline_vm_exits_total', { vm, class: name })] as const,
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

/** The sum of all numbers of a record. */
export function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** By how much each number of a record grew. */
export function growth<T extends Record<string, number>>(after: T, before: T): T {
  const entries = Object.entries(after).map(([name, count]) => [name, count - before[name]!]);
  return Object.fromEntries(entries) as T;
}

/** The seconds of one VM's vCPUs that Trapline has accounted for since their first entry. */
export async function accountedSeconds(host: LabHost, vm: string): Promise<number> {
  const text = await scrape(host);
  const metrics = ['trapline_vm_guest_seconds_total', 'trapline_vm_exit_seconds_total'];
  return metrics.reduce((sum, metric) => sum + sumOf(text, metric, { vm }), 0);
}

/** The time of one VM's vCPUs that Trapline accounts for over some seconds, against the wall time between the same two samples. */
export async function accountedTime(
  host: LabHost,
  vm: string,
  seconds: number,
): Promise<{ accounted: number; wall: number }> {
  const watcher = await watchLive(host);
  await sleep(seconds * 1000);
  await watcher.stop();
  const samples = (await liveHistory(host)).flatMap(({ t, vms }) => {
    const spent = vms.find((candidate) => candidate.vm === vm)?.seconds;
    return spent === undefined ? [] : [{ t: t / 1000, spent: total(spent) }];
  });
  const last = samples.at(-1)!;
  const first = samples.find(({ t }) => t > last.t - seconds)!;
  return { accounted: last.spent - first.spent, wall: last.t - first.t };
}
