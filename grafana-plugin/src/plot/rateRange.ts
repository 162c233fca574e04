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
