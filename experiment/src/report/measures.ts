/** What one cell, or several, say. */
import { meanInterval, type Interval } from '../statistics/interval.js';
import { STAGES, type CellResult, type FrameSize, type Stage } from '../results.js';

/** Of the samples that were kept. */
export interface Kept {
  seconds: number;
  offered: number;
  delivered: number;
}

export function keptOf({ samples }: CellResult): Kept {
  const kept = samples.filter((sample) => sample.kept);
  const sum = (key: keyof Kept) => kept.reduce((total, sample) => total + sample[key], 0);
  return { seconds: sum('seconds'), offered: sum('offered'), delivered: sum('delivered') };
}

/** Packets per second that the sensor got, in the samples kept. */
export function deliveredRate(result: CellResult): number {
  const { delivered, seconds } = keptOf(result);
  return delivered / seconds;
}

/** Packets per second that the source sent, in the samples kept. */
export function offeredRate(result: CellResult): number {
  const { offered, seconds } = keptOf(result);
  return offered / seconds;
}

/** Bytes of the wire that a frame takes beside its own: preamble, start of frame and the gap to the next. */
const AROUND_A_FRAME = 20;

/** Bits per second on the wire, as the study counts them; undefined for a mixture, whose mean size is not known. */
export function wireRate(rate: number, size: FrameSize): number | undefined {
  return size === 'any' ? undefined : rate * 8 * (size + AROUND_A_FRAME);
}

export const lostIn = ({ lost }: Pick<CellResult, 'lost'>): number =>
  STAGES.reduce((sum, stage) => sum + (lost[stage] ?? 0), 0);

/** Whether every frame that was offered is accounted for, and Trapline's count is the sensor's. */
export const isSound = (result: CellResult): boolean =>
  result.offered === result.delivered + lostIn(result) && result.deliveredByTrapline === result.delivered;

/** Frames of the whole load of several cells together. */
export interface Ledger {
  offered: number;
  delivered: number;
  lost: { stage: Stage; frames: number }[];
}

/** Stages at which nothing was lost are left out. */
export function ledgerOf(results: readonly CellResult[]): Ledger {
  const sum = (value: (result: CellResult) => number) => results.reduce((total, r) => total + value(r), 0);
  return {
    offered: sum(({ offered }) => offered),
    delivered: sum(({ delivered }) => delivered),
    lost: STAGES.map((stage) => ({ stage, frames: sum(({ lost }) => lost[stage] ?? 0) })).filter(
      ({ frames }) => frames > 0,
    ),
  };
}

/** Something of the cost per packet that was captured; undefined where it was not seen or nothing was captured. */
export function perPacket(result: CellResult, amount: number | undefined): number | undefined {
  const { delivered } = keptOf(result);
  return amount === undefined || delivered === 0 ? undefined : amount / delivered;
}

/** Mean over cells of what is known of them; undefined where nothing is. */
export function meanOver(
  results: readonly CellResult[],
  value: (result: CellResult) => number | undefined,
): Interval | undefined {
  const known = results.map(value).filter((one) => one !== undefined);
  return known.length === 0 ? undefined : meanInterval(known);
}

/** The means of the parts of a whole, such as payers or exit classes, per captured packet; the largest part first. */
export function partsPerPacket(
  results: readonly CellResult[],
  parts: (result: CellResult) => Readonly<Record<string, number>> | undefined,
): { name: string; value: number }[] {
  const seen = results.filter((result) => parts(result) && keptOf(result).delivered > 0);
  const names = new Set(seen.flatMap((result) => Object.keys(parts(result)!)));
  return [...names]
    .map((name) => ({ name, value: meanOver(seen, (r) => perPacket(r, parts(r)![name] ?? 0))!.mean }))
    .sort((a, b) => b.value - a.value);
}
