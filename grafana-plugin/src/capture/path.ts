import { addUp } from '../statistics/align';
import { groupBy } from './groupBy';
import { blocked, missing, toldApartBy, type Found, type Reading } from './reading';
import { isOfHost, isOptional, STAGES, type Role, type Stage } from './roles';
import type { Series } from './series';
import { totalsOf, type Span } from './totals';

/** A stage of the way of one VM's packets over the time range; null where nobody counted. */
export interface Step {
  readonly stage: Stage;
  /** Counted for the whole host, whichever VM the packets are for. */
  readonly shared: boolean;
  readonly carried: number | null;
  readonly dropped: number | null;
  /** dropped ÷ (carried + dropped); of several hops, what is lost at all of them one after the other. */
  readonly lost: number | null;
  /** Share of the packets still there ahead of the stage, and behind it, by the losses of all stages that are seen. */
  readonly before: number;
  readonly after: number;
  /** Seconds of the time range in which the stage was sampled. */
  readonly seconds: number;
}

/** The way of one VM's packets; the VM is empty where there are only counts of a host. */
export interface Way {
  readonly vm: string;
  /** Every stage in order, those too that nobody counted, but for those that a way may do without. */
  readonly steps: readonly Step[];
  /** The stage that loses the largest share; null where none loses any. */
  readonly worst: Step | null;
}

export interface Path {
  /** The way with the largest loss first. */
  readonly ways: readonly Way[];
}

export const PATH_ROLES: readonly Role[] = ['carried', 'dropped'];

/** The labels that may tell VMs apart; counts of a whole host have none of them. */
const VM_LABELS = ['vm', 'domain', 'guest'];

/** Packets carried and lost, stage by stage and VM by VM, over a time range. */
export function readPath(found: Found, range: Span): Reading<Path> {
  const counted = [...found.of('carried'), ...found.of('dropped')];
  if (counted.length === 0) {
    return blocked(
      missing(
        found,
        PATH_ROLES,
        'Name the queries “carried” and “dropped”, both in packets per second with the label “stage” (nic_hardware to socket) and, where a stage belongs to one VM, the label “vm”',
      ),
    );
  }
  const label = VM_LABELS.find((name) => counted.some(({ labels }) => labels[name]));
  const ownerOf = ({ labels }: Series): string => (label && labels[label]) || '';
  const carried = groupBy(found.of('carried'), keyOf);
  const dropped = groupBy(found.of('dropped'), keyOf);
  const owners = [...new Set(counted.map(ownerOf))].sort();
  const vms = owners.some(Boolean) ? owners.filter(Boolean) : owners;
  const ways = vms.map((vm) =>
    wayOf(vm, (stage, owner) =>
      countOf(stage, carried.get(key(stage, owner)), dropped.get(key(stage, owner)), range),
    ),
  );
  ways.sort((a, b) => arriving(a) - arriving(b));
  return { data: { ways }, problem: null, remarks: toldApartBy(label) };

  function keyOf(series: Series): string {
    return key(series.labels['stage']!, ownerOf(series));
  }
}

const key = (stage: string, owner: string): string => `${stage}\n${owner}`;

/** The share of a VM's packets that gets through every stage that is seen. */
export const arriving = ({ steps }: Way): number => steps.at(-1)!.after;

type Count = Pick<Step, 'carried' | 'dropped' | 'lost' | 'seconds'>;

/** Series of one stage: hops are in series, the devices of a hop in parallel. Bridges without a hop may be either: the worst counts. */
function countOf(
  stage: Stage,
  carried: readonly Series[] = [],
  dropped: readonly Series[] = [],
  range: Span,
): Count | null {
  const placeOf = ({ labels }: Series): string =>
    labels['hop'] ?? (stage === 'bridge' ? (labels['device'] ?? '') : '');
  const through = groupBy(carried, placeOf);
  const gone = groupBy(dropped, placeOf);
  const places = [...new Set([...through.keys(), ...gone.keys()])];
  const counts = places.flatMap((place) => parallel(through.get(place), gone.get(place), range) ?? []);
  const known = counts.filter(({ lost }) => lost !== null);
  if (counts.length < 2 || known.length === 0) {
    return counts[0] ?? null;
  }
  if (![...carried, ...dropped].some(({ labels }) => labels['hop'])) {
    return known.reduce((worst, count) => (count.lost! > worst.lost! ? count : worst));
  }
  const nearest = parallel(through.get(nearestOf(through)), undefined, range);
  return {
    carried: nearest?.carried ?? null,
    dropped: known.reduce((sum, count) => sum + count.dropped!, 0),
    lost: 1 - known.reduce((left, count) => left * (1 - count.lost!), 1),
    seconds: Math.max(...counts.map(({ seconds }) => seconds)),
  };
}

/** Hops count from the tap. */
const nearestOf = (hops: ReadonlyMap<string, unknown>): string =>
  [...hops.keys()].reduce((near, hop) => (Number(hop) < Number(near) ? hop : near));

function parallel(
  carried: readonly Series[] | undefined,
  dropped: readonly Series[] | undefined,
  range: Span,
): Count | null {
  if (!carried && !dropped) {
    return null;
  }
  const rates = [carried, dropped].flatMap((parts) => (parts ? [addUp(parts)] : []));
  const { sums, seconds } = totalsOf(rates, range);
  if (seconds === 0) {
    return null;
  }
  const count = { carried: carried ? sums[0]! : null, dropped: dropped ? sums.at(-1)! : null };
  return { ...count, lost: lostOf(count), seconds };
}

/** A VM's own count of a stage goes before the host's. What a host captures itself is on no VM's way. */
function wayOf(vm: string, count: (stage: Stage, owner: string) => Count | null): Way {
  const steps: Step[] = [];
  for (const stage of STAGES) {
    const own = vm ? count(stage, vm) : null;
    const known = own ?? (vm === '' || isOfHost(stage) ? count(stage, '') : null);
    if (known === null && isOptional(stage)) {
      continue;
    }
    const before = steps.at(-1)?.after ?? 1;
    const lost = known?.lost ?? null;
    steps.push({
      stage,
      shared: vm !== '' && own === null && known !== null,
      carried: known?.carried ?? null,
      dropped: known?.dropped ?? null,
      lost,
      before,
      after: before * (1 - (lost ?? 0)),
      seconds: known?.seconds ?? 0,
    });
  }
  const worst = steps.reduce<Step | null>(
    (most, step) => ((step.lost ?? 0) > (most?.lost ?? 0) ? step : most),
    null,
  );
  return { vm, steps, worst };
}

function lostOf({ carried, dropped }: Pick<Step, 'carried' | 'dropped'>): number | null {
  if (carried === null || dropped === null) {
    return null;
  }
  const offered = carried + dropped;
  return offered === 0 ? 0 : dropped / offered;
}
