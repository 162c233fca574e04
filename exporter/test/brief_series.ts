import { SHARED_NAME, type BriefGuest } from '../../lab/guests/brief-guests.js';
import { SHORT_LIVED } from '../src/collectors/fleet.js';
import type { Sample, Scrape } from './scrape.js';

/** Whether a series belongs to a guest of planGuests(), or to those that had to share a name. */
export const isBrief = ({ labels: { vm } }: Sample): boolean =>
  vm !== undefined && (vm.startsWith('brief-') || vm === SHORT_LIVED);

/** The names of these guests that have a series, of this metric or of any. */
export function namesIn({ samples }: Scrape, metric?: string): string[] {
  const wanted = samples.filter((sample) => isBrief(sample) && (metric ?? sample.name) === sample.name);
  return [...new Set(wanted.map(({ labels }) => labels['vm']!))];
}

/** What a metric has counted of these guests' port writes and halts. */
export function writesAndHalts(scrape: Scrape, metric: string): { writes: number; halts: number } {
  const sum = (exitClass: string): number =>
    scrape
      .find(metric, { class: exitClass })
      .filter(isBrief)
      .reduce((total, { value }) => total + value, 0);
  return { writes: sum('io'), halts: sum('halt') };
}

/** Guests under a name that none was given, or with another number of port writes than theirs. */
export function misnamed(scrape: Scrape, metric: string, guests: readonly BriefGuest[]): Sample[] {
  const writes = new Map(guests.map(({ name, writes }) => [name, writes]));
  return scrape.find(metric, { class: 'io' }).filter((sample) => {
    const vm = sample.labels['vm']!;
    if (!isBrief(sample) || vm === SHORT_LIVED || vm.startsWith(SHARED_NAME)) return false;
    return sample.value !== writes.get(vm);
  });
}
