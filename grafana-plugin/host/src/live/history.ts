import type {
  LiveCapture,
  LiveNic,
  LiveSample,
  LiveSoftirq,
  LiveStage,
  LiveVm,
} from '../../../../exporter/src/live/protocol';
import { grown } from './counters';

/** What happened between two neighbouring samples. What was not seen in both, or was started anew, is not there. */
export interface Growth {
  /** Unix milliseconds of the later sample. */
  readonly t: number;
  readonly seconds: number;
  readonly vms: ReadonlyMap<string, LiveVm>;
  readonly path: ReadonlyMap<string, LiveStage>;
  readonly nics: ReadonlyMap<string, LiveNic>;
  readonly captures: ReadonlyMap<string, LiveCapture>;
  readonly cpu: Readonly<Record<string, number>> | null;
  readonly softirqs: Readonly<Record<string, LiveSoftirq>> | null;
  readonly squeezed: number | null;
  readonly dropReasons: Readonly<Record<string, number>> | null;
  /** CPU seconds of the exporter's server. */
  readonly ownCpu: number | null;
}

/** The newest sample, and what happened up to it. */
export interface History {
  readonly newest: LiveSample | undefined;
  readonly growths: readonly Growth[];
}

export const NOTHING: History = { newest: undefined, growths: [] };

/** What is not older than this before the newest sample is kept. */
export const KEEP_MS = 15 * 60 * 1000;
/** A host with hundreds of VMs gets a shorter history rather than a page that grows: so many rows of VMs are kept. */
export const KEEP_ROWS = 60_000;

/** Adds a sample. One that is not newer than the last takes nothing forward and is left out. */
export function extend({ newest, growths }: History, sample: LiveSample): History {
  if (!newest) {
    return { newest: sample, growths: [] };
  }
  if (sample.t <= newest.t) {
    return { newest, growths };
  }
  return { newest: sample, growths: recent([...growths, growthOf(newest, sample)], sample.t) };
}

/** A history from all its samples, oldest first. */
export const historyOf = (samples: readonly LiveSample[]): History => samples.reduce(extend, NOTHING);

function recent(growths: readonly Growth[], now: number): readonly Growth[] {
  let rows = 0;
  const tooMany = growths.findLastIndex(({ vms }) => (rows += vms.size) > KEEP_ROWS);
  const tooOld = growths.findLastIndex(({ t }) => t <= now - KEEP_MS);
  return growths.slice(Math.max(tooMany, tooOld) + 1);
}

export const stageKey = ({ stage, device }: Pick<LiveStage, 'stage' | 'device'>): string =>
  `${stage}/${device}`;
export const captureKey = ({ process, container = '', device, method }: LiveCapture): string =>
  JSON.stringify([process, container, device, method]);

/** Whose sockets they are, with the container where there is one. */
export const captureName = ({ process, container }: Pick<LiveCapture, 'process' | 'container'>): string =>
  container === undefined ? process : `${process} in ${container}`;

function growthOf(before: LiveSample, after: LiveSample): Growth {
  const part = <T extends object>(pick: (sample: LiveSample) => T | undefined): T | null => {
    const [then, now] = [pick(before), pick(after)];
    return then && now ? grown(then, now) : null;
  };
  return {
    t: after.t,
    seconds: (after.t - before.t) / 1000,
    vms: each(before.vms, after.vms, ({ vm }) => vm),
    path: each(before.path, after.path, stageKey),
    nics: each(before.nics, after.nics, ({ device }) => device),
    captures: each(before.captures, after.captures, captureKey),
    cpu: part(({ cpu }) => cpu),
    softirqs: part(({ softirqs }) => softirqs),
    squeezed: part(({ squeezed }) => (squeezed === undefined ? undefined : { squeezed }))?.squeezed ?? null,
    dropReasons: part(({ dropReasons }) => dropReasons),
    ownCpu: part(({ own }) => ({ cpu: own.cpu }))?.cpu ?? null,
  };
}

function each<T extends object>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (entry: T) => string,
): ReadonlyMap<string, T> {
  const known = new Map(before.map((entry) => [keyOf(entry), entry]));
  return new Map(
    after.flatMap((entry) => {
      const then = known.get(keyOf(entry));
      const growth = then && grown(then, entry);
      return growth ? [[keyOf(entry), growth] as const] : [];
    }),
  );
}
