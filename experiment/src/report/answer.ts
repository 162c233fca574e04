/** The answer in words, made from the numbers and from nothing else. */
import type { CellResult, Platform } from '../results.js';
import { meanInterval } from '../statistics/interval.js';
import type { Context } from './context.js';
import { duration, kpps, listed, percent, short, whole } from './format.js';
import { groupsBy, levelsOf } from './groups.js';
import {
  deliveredRate,
  isSound,
  type Ledger,
  ledgerOf,
  meanOver,
  offeredRate,
  partsPerPacket,
} from './measures.js';
import { eventsPerPacket } from './sections/cost.js';
import { analysisOf, verdict } from './sections/factors.js';
import { capital, onPlatform, PAYER_WORDS, sizeWords, spoken, STAGE_WORDS } from './words.js';

/** Sentences, the most important first. */
export function answer(context: Context): string[] {
  const { results } = context;
  const platforms = levelsOf(results, 'platform').toReversed();
  return [
    ...platforms.flatMap((platform) => [...fate(context, platform), ...paid(results, platform)]),
    ...decisive(results),
    sound(results),
  ];
}

const on = (results: readonly CellResult[], platform: Platform): CellResult[] =>
  results.filter(({ cell }) => cell.platform === platform);

/** What became of the packets. Where none was lost, rates say how much was offered and nothing of the methods. */
function fate(context: Context, platform: Platform): string[] {
  const ledger = ledgerOf(on(context.results, platform));
  if (ledger.delivered === ledger.offered)
    return [
      `${capital(onPlatform(platform))}, every method captured all of ${whole(ledger.offered)} packets.`,
    ];
  return [captured(context, platform), ...(ledger.lost.length > 0 ? [lost(ledger)] : [])];
}

/** Who captured most and least of the smallest frames; of what was offered to each, because no source is steady. */
function captured(context: Context, platform: Platform): string {
  const ofPlatform = on(context.results, platform);
  const size = levelsOf(ofPlatform, 'size')[0]!;
  const cells = ofPlatform.filter(({ cell }) => cell.size === size);
  const ranked = groupsBy(cells, 'method')
    .map(({ at, results }) => {
      const { delivered, offered } = ledgerOf(results);
      return { name: context.briefly(at.method), share: delivered / offered };
    })
    .sort((a, b) => b.share - a.share);
  const offered = meanInterval(cells.map(offeredRate)).mean;
  const [best, worst] = [ranked[0]!, ranked.at(-1)!];
  const where = capital(onPlatform(platform));
  const amount = (one: typeof best) => `${percent(one.share)} (${one.name})`;
  const span = worst === best ? amount(best) : `from ${amount(worst)} to ${amount(best)}`;
  return `${where}, ${span} of the frames of ${sizeWords(size)} were captured, of ${kpps(offered)} offered.`;
}

/** At which stages, the worst first. */
function lost(ledger: Ledger): string {
  const total = ledger.lost.reduce((sum, { frames }) => sum + frames, 0);
  const parts = ledger.lost
    .toSorted((a, b) => b.frames - a.frames)
    .map(({ stage, frames }) => `${percent(frames / total)} at ${STAGE_WORDS[stage]}`);
  return `Of all packets ${percent(total / ledger.offered)} were lost there; of these, ${listed(parts)}.`;
}

/** What one captured packet cost. */
function paid(results: readonly CellResult[], platform: Platform): string[] {
  const cells = on(results, platform);
  const payers = partsPerPacket(cells, ({ cost }) => cost.payers);
  if (payers.length === 0) return [];
  const together = payers.reduce((sum, { value }) => sum + value, 0);
  const budget = 1 / meanOver(cells, offeredRate)!.mean;
  const [most] = payers;
  const exits = eventsPerPacket(cells, 'VM exits');
  const interrupted = exits === undefined ? '' : `, and ${short(exits)} VM exits`;
  const payer = PAYER_WORDS[most!.name] ?? spoken(most!.name);
  return [
    `One that was captured took ${duration(together)} of CPU time, where one CPU has ${duration(budget)} for each that is offered${interrupted}; the largest part of the time, ${percent(most!.value / together)}, went to ${payer}.`,
  ];
}

function decisive(results: readonly CellResult[]): string[] {
  const analysis = analysisOf(results, deliveredRate);
  return analysis ? [verdict(analysis)] : [];
}

export function sound(results: readonly CellResult[]): string {
  const { offered } = ledgerOf(results);
  const good = results.filter(isSound).length;
  return good === results.length
    ? `All ${whole(offered)} packets are accounted for: in each of the ${whole(results.length)} cells offered = captured + lost, to the last one.`
    : `In ${whole(results.length - good)} of ${whole(results.length)} cells packets are not accounted for: they are listed below, and what is said of them here may be wrong.`;
}
