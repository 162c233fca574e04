/**
 * The range of an axis of rates: from nought, unless everything lies so far from it that the picture would be empty;
 * with a little air above.
 */
export function rateRange(least: number | null, most: number | null): [number, number] {
  if (least === null || most === null || !Number.isFinite(least) || !Number.isFinite(most) || most <= 0) {
    return [0, 1];
  }
  const low = least < 0.6 * most ? 0 : least;
  const air = (most - low || most) * 0.06;
  return [low === 0 ? 0 : Math.max(0, low - air), most + air];
}

const ROUND = [1, 2, 5, 10];

/** The range of a logarithmic axis, between round numbers so that its ticks are round too. Values are above nought. */
export function logRange(least: number | null, most: number | null): [number, number] {
  if (!(least! > 0) || !(most! < Infinity)) {
    return [1, 10];
  }
  const decade = (value: number) => 10 ** Math.floor(Math.log10(value));
  const from = ROUND.findLast((digit) => digit * decade(least!) <= least!) ?? 1;
  const to = ROUND.find((digit) => digit * decade(most!) > most!) ?? 20;
  return [from * decade(least!), to * decade(most!)];
}
