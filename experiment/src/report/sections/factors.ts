/** Which factor made how much of a difference. */
import type { CellResult } from '../../results.js';
import { anova, type Anova, type Effect } from '../../statistics/anova.js';
import type { Context } from '../context.js';
import { tableOf } from '../figures/figure.js';
import { listed, percent, probability, short, whole } from '../format.js';
import { FACTORS } from '../groups.js';
import { type Markup, markup } from '../markup.js';
import { deliveredRate, keptOf } from '../measures.js';

/** Undefined where there are not enough cells to tell anything from chance. */
export function analysisOf(
  results: readonly CellResult[],
  value: (result: CellResult) => number | undefined,
): Anova | undefined {
  const observations = results.flatMap((result) => {
    const measured = value(result);
    if (measured === undefined) return [];
    const levels = Object.fromEntries(FACTORS.map((factor) => [factor, String(result.cell[factor])]));
    return [{ levels, value: measured }];
  });
  if (observations.length < 2) return undefined;
  const analysis = anova(observations, FACTORS);
  return analysis.residual.freedom > 0 && analysis.effects.length > 0 ? analysis : undefined;
}

/** CPU time per captured packet by all payers together. */
function timePerPacket(result: CellResult): number | undefined {
  const { payers } = result.cost;
  const { delivered } = keptOf(result);
  if (payers === undefined || delivered === 0) return undefined;
  return Object.values(payers).reduce((sum, seconds) => sum + seconds, 0) / delivered;
}

/** Names of an effect, as in "platform × size". */
export const effectName = ({ factors }: Effect): string => factors.join(' × ');

/** Beyond which p an effect is taken for chance. */
const CHANCE = 0.05;
/** Cohen's limits for ω². */
const SIZES = [
  [0.14, 'large'],
  [0.06, 'medium'],
  [0.01, 'small'],
] as const;

/** How large an effect is, in a word. */
export function effectWords({ p, omegaSquared }: Effect): string {
  if (p === undefined || omegaSquared === undefined) return 'cannot be judged';
  if (p >= CHANCE) return 'no more than chance';
  return SIZES.find(([least]) => omegaSquared >= least)?.[1] ?? 'very small';
}

export function factors({ results }: Context): Markup {
  const rate = analysisOf(results, deliveredRate);
  if (rate === undefined)
    return markup`<p>Nothing can be told from chance yet: that takes more cells, and each more than once.</p>`;
  const time = analysisOf(results, timePerPacket);
  return markup`<p>An analysis of variance of the cells, one value each: the factors and how they act on each other in pairs (fixed effects, sums of squares of
Type II). ω² is the share of all variance that goes with a term, as estimated for further runs; partial η² is its share in this run of what the other terms
leave. Cohen calls an ω² of 0.01 small, 0.06 medium and 0.14 large.</p>
${analysisTable(rate, 'Packets captured a second', 'anova-rate')}
${time && analysisTable(time, 'CPU time per captured packet', 'anova-time')}`;
}

function analysisTable(analysis: Anova, title: string, id: string): Markup {
  const { effects, residual, constant } = analysis;
  const rows = effects
    .toSorted((a, b) => (b.omegaSquared ?? 0) - (a.omegaSquared ?? 0) || b.squares - a.squares)
    .map((effect) => [
      effectName(effect),
      effectWords(effect),
      percent(effect.omegaSquared),
      percent(effect.partialEtaSquared),
      short(effect.f),
      `${whole(effect.freedom)}, ${whole(residual.freedom)}`,
      probability(effect.p),
    ]);
  return markup`<h3 id="${id}">${title}</h3><p>${verdict(analysis)}${
    constant.length > 0 && ` Not varied in this run: ${listed(constant)}.`
  }</p>
${tableOf(
  {
    head: ['Term', 'Effect', 'ω²', 'partial η²', 'F', 'Degrees of freedom', 'p'],
    keys: 2,
    rows,
  },
  `Analysis of variance: ${title}`,
)}`;
}

/** The terms that matter, in a sentence. */
export function verdict({ effects }: Anova): string {
  const sure = effects
    .filter(({ p }) => p !== undefined && p < CHANCE)
    .toSorted((a, b) => b.omegaSquared! - a.omegaSquared!);
  if (sure.length === 0) return 'No factor made a difference beyond chance.';
  const words = sure
    .slice(0, 3)
    .map(
      (effect, i) =>
        `${effectName(effect)} (${percent(effect.omegaSquared)}${i === 0 ? ' of the variance' : ''})`,
    );
  const chance = effects
    .filter(({ p, factors }) => factors.length === 1 && p !== undefined && p >= CHANCE)
    .map(effectName);
  return `What matters most: ${listed(words)}.${
    chance.length > 0
      ? ` ${chance.length === 1 ? 'The factor' : 'The factors'} ${listed(chance)} made no difference beyond chance.`
      : ''
  }`;
}
