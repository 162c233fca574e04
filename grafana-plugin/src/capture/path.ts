import { addUp } from '../statistics/align';
import { groupBy } from './groupBy';
import { blocked, homeless, missing, type Found, type Reading } from './reading';
import { isInside, isOfHost, isOptional, STAGES, type Role, type Stage } from './roles';
import type { Series } from './series';
import { totalsOf, type Span } from './totals';
import { hostIn, nameIn, vmsOf } from './vms';

/** A stage of the way of one VM's packets over the time range; null where nobody counted. */
export interface Step {
  readonly stage: Stage;
  /** The process that captures, where several do: each has its own copy of the packets, and its own loss. */
  readonly process?: string;
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
  /** The step that loses the largest share; null where none loses any. */
  readonly worst: Step | null;
}

export interface Path {
  /** The way with the largest loss first. */
  readonly ways: readonly Way[];
}

export const PATH_ROLES: readonly Role[] = ['carried', 'dropped'];

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
  const ofVms = counted.filter((series) => nameIn(series) !== undefined);
  const { vmOf, hostOf, remarks } = vmsOf([placedBy(ofVms)]);
  const hosts = new Set(counted.filter((series) => nameIn(series) === undefined).map(hostIn));
  const counts = countsOf(found, range, (series) =>
    nameIn(series) === undefined ? ofHost(hostIn(series)) : ofVm(vmOf(series)),
  );
  const names = new Set(ofVms.flatMap((series) => vmOf(series) ?? []));
  const ways =
    names.size > 0
      ? [...names].sort().map((vm) => wayOf(vm, counts(ofVm(vm)), counts(hostFor(vm))))
      : [...hosts].map((host) => wayOf(hosts.size > 1 ? (host ?? '') : '', [], counts(ofHost(host))));
  ways.sort((a, b) => arriving(a) - arriving(b));
  const stray = names.size > 0 && [...names].some((vm) => hostFor(vm) === null);
  return {
    data: { ways },
    problem: null,
    remarks: [
      ...remarks,
      ...homeless(found, PATH_ROLES, (series) => (nameIn(series) === undefined ? '' : vmOf(series))),
      ...(stray
        ? ['Stages of several hosts are left out of the way of VMs that do not tell their host.']
        : []),
    ],
  };

  /** The host whose stages are on the way of a VM; null where there are several and the VM does not tell its own. */
  function hostFor(vm: string): string | null {
    const host = hostOf(vm);
    if (hosts.has(host) || hosts.size === 0) {
      return ofHost(host);
    }
    return hosts.size === 1 && (host === undefined || hosts.has(undefined)) ? ofHost([...hosts][0]) : null;
  }
}

const ofHost = (host: string | undefined): string => JSON.stringify(['host', host ?? '']);
const ofVm = (vm: string | null): string => JSON.stringify(['vm', vm]);

/** The series that say on which host a VM runs: stages inside it may be counted by an exporter of its own. */
function placedBy(ofVms: readonly Series[]): readonly Series[] {
  const outside = ofVms.filter(({ labels }) => !isInside(labels['stage'] as Stage));
  const known = new Set(outside.map(nameIn));
  return [...outside, ...ofVms.filter((series) => !known.has(nameIn(series)))];
}

/** The share of a VM's packets that gets through every stage that is seen, to the process that gets the least. */
export const arriving = ({ steps }: Way): number =>
  steps.reduce((least, { after }) => Math.min(least, after), 1);

type Count = Pick<Step, 'stage' | 'process' | 'carried' | 'dropped' | 'lost' | 'seconds'>;

/** Of a stage, or of one hop at it. */
type Sum = Omit<Count, 'stage' | 'process'>;

/** What each owner, a VM or a host, has counted of its stages, in the order of the stages. */
function countsOf(
  found: Found,
  range: Span,
  ownerOf: (series: Series) => string,
): (owner: string | null) => readonly Count[] {
  const [carried, dropped] = [found.of('carried'), found.of('dropped')];
  const sockets = [...carried, ...dropped].filter(({ labels }) => labels['stage'] === 'socket');
  const together = new Set(sockets.filter(({ labels }) => !labels['process']).map(ownerOf));
  const processOf = (series: Series) =>
    series.labels['stage'] === 'socket' && !together.has(ownerOf(series)) ? series.labels['process']! : '';
  const partOf = (series: Series) =>
    JSON.stringify([ownerOf(series), series.labels['stage'], processOf(series)]);
  const [got, lost] = [groupBy(carried, partOf), groupBy(dropped, partOf)];
  const all = [...new Set([...got.keys(), ...lost.keys()])].flatMap((part) => {
    const [owner, stage, process] = JSON.parse(part) as [string, Stage, string];
    const count = countOf(stage, got.get(part), lost.get(part), range);
    return count ? [{ owner, stage, ...(process && { process }), ...count }] : [];
  });
  const byOwner = groupBy(all, ({ owner }) => owner);
  return (owner) => (owner === null ? [] : (byOwner.get(owner) ?? []));
}

/** Series of one stage: hops are in series, the devices of a hop in parallel. Bridges without a hop may be either: the worst counts. */
function countOf(
  stage: Stage,
  carried: readonly Series[] = [],
  dropped: readonly Series[] = [],
  range: Span,
): Sum | null {
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
): Sum | null {
  const rates = [carried, dropped].flatMap((parts) => (parts ? [addUp(parts)] : []));
  const { sums, seconds } = totalsOf(rates, range);
  if (seconds === 0) {
    return null;
  }
  const count = { carried: carried ? sums[0]! : null, dropped: dropped ? sums.at(-1)! : null };
  return { ...count, lost: lostOf(count), seconds };
}

/** A VM's own count of a stage goes before the host's. What a host captures itself is on no VM's way. */
function wayOf(vm: string, own: readonly Count[], ofHost: readonly Count[]): Way {
  const isHostAlone = own.length === 0;
  const steps: Step[] = [];
  let before = 1;
  for (const stage of STAGES) {
    const mine = own.filter((count) => count.stage === stage);
    const shared = isHostAlone || isOfHost(stage) ? ofHost.filter((count) => count.stage === stage) : [];
    const known = mine.length > 0 ? mine : shared;
    if (known.length === 0 && isOptional(stage)) {
      continue;
    }
    const here =
      known.length === 0 ? [stepOf(stage, null, before)] : known.map((count) => stepOf(stage, count, before));
    steps.push(
      ...here.map((step) => ({ ...step, shared: !isHostAlone && mine.length === 0 && known.length > 0 })),
    );
    before = Math.min(...here.map(({ after }) => after));
  }
  const worst = steps.reduce<Step | null>(
    (most, step) => ((step.lost ?? 0) > (most?.lost ?? 0) ? step : most),
    null,
  );
  return { vm, steps, worst };
}

function stepOf(stage: Stage, count: Count | null, before: number): Step {
  const lost = count?.lost ?? null;
  return {
    stage,
    ...(count?.process && { process: count.process }),
    shared: false,
    carried: count?.carried ?? null,
    dropped: count?.dropped ?? null,
    lost,
    before,
    after: before * (1 - (lost ?? 0)),
    seconds: count?.seconds ?? 0,
  };
}

function lostOf({ carried, dropped }: Pick<Step, 'carried' | 'dropped'>): number | null {
  if (carried === null || dropped === null) {
    return null;
  }
  const offered = carried + dropped;
  return offered === 0 ? 0 : dropped / offered;
}
