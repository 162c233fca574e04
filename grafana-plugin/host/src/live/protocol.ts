/**
 * The live stream of the exporter: one `history` event with the samples so far, then a `sample` event about every
 * second. All numbers are cumulative; neighbours make rates.
 */

/** Counters of one moment. */
export interface LiveSample {
  /** Unix milliseconds. */
  readonly t: number;
  /** False where exits cannot be timed here; then `seconds` and `exits` are absent. */
  readonly exitTiming: boolean;
  readonly vms: readonly LiveVm[];
}

/** Counters of one VM since it was first seen. */
export interface LiveVm {
  /** Its name: text from outside, never markup. */
  readonly vm: string;
  /** Delivered to the guest. */
  readonly packets: number;
  /** Lost on the way to the guest, at its taps. */
  readonly drops: number;
  /** VM exits by class. */
  readonly exits?: Readonly<Record<string, number>>;
  readonly seconds?: {
    readonly guest: number;
    readonly kernel: number;
    readonly vmm: number;
    readonly runqueue: number;
    readonly blocked: number;
  };
  /** Exits that reached the VMM. */
  readonly userspaceExits: number;
}

/** The samples that are not older than this before the newest are kept. */
export const KEEP_MS = 15 * 60 * 1000;

/** Adds a sample. One that is not newer than the last takes nothing forward and is left out. */
export function keep(samples: readonly LiveSample[], sample: LiveSample): readonly LiveSample[] {
  if (sample.t <= (samples.at(-1)?.t ?? -Infinity)) {
    return samples;
  }
  const first = samples.findIndex(({ t }) => t >= sample.t - KEEP_MS);
  return first < 0 ? [sample] : [...samples.slice(first), sample];
}
