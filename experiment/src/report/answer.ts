/** The answer in words, made from the numbers and from nothing else. */
import type { CellResult, Platform } from '../results.js';
import { meanInterval } from '../statistics/interval.js';
import type { Context } from './context.js';
import { duration, kpps, listed, percent, short, whole } from './format.js';
import { groupsBy, levelsOf } from './groups.js';
import { deliveredRate, isSound, ledgerOf, meanOver, offeredRate, partsPerPacket } from './measures.js';
import { eventsPerPacket } from './sections/cost.js';
import { analysisOf, verdict } from './sections/factors.js';
import { capital, onPlatform, PAYER_WORDS, sizeWords, spoken, STAGE_WORDS } from './words.js';

/** Sentences, the most important first. */
export function answer(context: Context): string[] {
  const { results } = context;
  const platforms = levelsOf(results, 'platform').toReversed();
  return [
    ...platforms.map((platform) => captured(context, platform)),
    ...platforms.map((platform) => lost(results, platform)),
    ...platforms.flatMap((platform) => paid(results, platform)),
    ...decisive(results),
    sound(results),
  ];
}

const on = (results: readonly CellResult[], platform: Platform): CellResult[] =>
  results.filter(({ cell }) => cell.platform === platform);

/** Who captured most and least of the smallest frames. */
function captured(context: Context, platform: Platform): string {
  const ofPlatform = on(context.results, platform);
  const size = levelsOf(ofPlatform, 'size')[0]!;
  const cells = ofPlatform.filter(({ cell }) => cell.size === size);
  const ranked = groupsBy(cells, 'method')
    .map(({ at, results }) => ({
      name: context.briefly(at.method),
      rate: meanInterval(results.map(deliveredRate)),
    }))
    .sort((a, b) => b.rate.mean - a.rate.mean);
  const offered = meanInterval(cells.map(offeredRate)).mean;
  const [best, worst] = [ranked[0]!, ranked.at(-1)!];
  const where = capital(onPlatform(platform));
  const span =
    worst === best
      ? `${best.name} captured ${kpps(best.rate.mean)}`
      : `${worst.name} captured ${kpps(worst.rate.mean)} and ${best.name} ${kpps(best.rate.mean)}`;
  return `${where}, ${span} of ${kpps(offered)} offered in frames of ${sizeWords(size)}.`;
}

/** At which stages, the worst first. */
function lost(results: readonly CellResult[], platform: Platform): string {
  const ledger = ledgerOf(on(results, platform));
  const total = ledger.lost.reduce((sum, { frames }) => sum + frames, 0);
  const where = capital(onPlatform(platform));
  if (total === 0) return `${where}, none of ${whole(ledger.offered)} packets was lost.`;
  const [worst, ...others] = ledger.lost
    .toSorted((a, b) => b.frames - a.frames)
    .map(({ stage, frames }) => `${percent(frames / total)} at ${STAGE_WORDS[stage]}`);
  const rest = others.length === 0 ? '' : `, ${listed(others)}`;
  return `${where}, ${percent(total / ledger.offered)} of all packets were lost; of these, ${worst}${rest}.`;
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
  const interrupted = exits === undefined ? '' : ` and ${short(exits)} VM exits`;
  const payer = PAYER_WORDS[most!.name] ?? spoken(most!.name);
  return [
    `A packet captured ${onPlatform(platform)} took ${duration(together)} of CPU time${interrupted}; one CPU had ${duration(budget)} for each that was offered. The largest part, ${percent(most!.value / together)}, went to ${payer}.`,
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
    : `In ${whole(results.length - good)} of ${whole(results.length)} cells packets are not accounted for; they are listed below and count for nothing until it is known why.`;
}
