import { groupBy } from './groupBy';
import type { Series } from './series';

/** The labels that may name a VM, the most specific first; in any case, as people name columns. */
const VM_LABELS = ['vm', 'domain', 'guest'];
/** Names the host; where nothing names a VM, each appliance is scraped itself, and it names that. */
const HOST_LABEL = 'instance';

/** The VMs of some series. */
export interface Vms {
  /** The name of a series' VM, as short as tells it apart; null where it belongs to none of them. */
  readonly vmOf: (series: Series) => string | null;
  /** The host of a VM by that name; undefined where no series says it. */
  readonly hostOf: (vm: string) => string | undefined;
  /** The labels that tell them apart, in words; empty where none does. */
  readonly by: string;
  /** How VMs are told apart, a sentence each. */
  readonly remarks: readonly string[];
}

/** The host that a series was counted on; undefined where it does not say. */
export const hostIn = ({ labels }: Series): string | undefined => labelIn(labels, HOST_LABEL)?.value;

/** The VM that a series names; undefined where it names none. */
export const nameIn = ({ labels }: Series): string | undefined => vmLabelIn(labels)?.value;

/**
 * Tells the VMs of some series apart. Each series is of the VM that its own label names, whichever label that is. VMs of
 * one name on several hosts are apart where one of these hosts has series of every kind; else the kinds were collected at
 * different places, and the name alone tells.
 *
 * A series that names no VM belongs to none where others name one, with one exception: where a whole kind names none and
 * the others know only one VM, it is of that.
 *
 * @param kinds the series without which there is no VM, kind by kind
 */
export function vmsOf(kinds: ReadonlyArray<readonly Series[]>): Vms {
  const all = kinds.flat();
  const hostsOf = kinds.filter((kind) => kind.length > 0).map(hostsByName);
  const names = new Set(hostsOf.flatMap((hosts) => [...hosts.keys()]));
  if (names.size === 0) {
    return unnamedVms(all);
  }
  const split = new Map(
    [...names].map((name) => [name, hostsToSplit(hostsOf.map((hosts) => hosts.get(name)))]),
  );
  const titles = titlesOf(split);
  const only = names.size === 1 ? [...names][0]! : null;
  const nameless = new Set(
    kinds.filter((kind) => kind.every((series) => nameIn(series) === undefined)).flat(),
  );
  const vmOf = (series: Series): string | null => {
    const name = nameIn(series) ?? (nameless.has(series) ? only : null);
    const apart = name !== null && split.get(name)?.length;
    return apart ? (titles.get(keyOf(name, hostIn(series) ?? '')) ?? null) : name;
  };
  const hosts = new Map(all.filter(hostIn).map((series) => [vmOf(series), hostIn(series)]));
  return { vmOf, hostOf: (vm) => hosts.get(vm), ...remarksOn(all, split) };
}

/** The hosts of each VM by its name, as series of one kind tell; undefined is one among them where they do not. */
function hostsByName(kind: readonly Series[]): Map<string, ReadonlySet<string | undefined>> {
  const named = groupBy(
    kind.filter((series) => nameIn(series) !== undefined),
    (series) => nameIn(series)!,
  );
  return new Map([...named].map(([name, series]) => [name, new Set(series.map(hostIn))]));
}

/** The series of each VM; those that belong to none are left out. */
export function groupByVm(series: readonly Series[], vmOf: Vms['vmOf']): Map<string, Series[]> {
  return groupBy(
    series.filter((one) => vmOf(one) !== null),
    (one) => vmOf(one)!,
  );
}

/** Where nothing names a VM: each instance is one, or all are one without a name. */
function unnamedVms(all: readonly Series[]): Vms {
  const byHost = all.every((series) => hostIn(series));
  return {
    vmOf: (series) => (byHost ? (hostIn(series) ?? null) : ''),
    hostOf: (vm) => (byHost ? vm : undefined),
    ...toldApartBy(byHost && all.length > 0 ? [HOST_LABEL] : []),
  };
}

/** The hosts that tell apart VMs of one name, of those that each kind of series names; none where the name tells enough. */
function hostsToSplit(ofKind: ReadonlyArray<ReadonlySet<string | undefined> | undefined>): readonly string[] {
  const hosts = new Set(ofKind.flatMap((one) => [...(one ?? [])]).filter((host) => host !== undefined));
  const hasAll = [...hosts].some((host) => ofKind.every((one) => one?.has(host)));
  return hosts.size > 1 && hasAll ? [...hosts].sort() : [];
}

const keyOf = (name: string, host: string): string => JSON.stringify([name, host]);

/** What VMs of one name are called: with as much of their hosts as tells these apart. */
function titlesOf(split: ReadonlyMap<string, readonly string[]>): Map<string, string> {
  const taken = new Set([...split].flatMap(([name, hosts]) => (hosts.length === 0 ? [name] : [])));
  const titles = new Map<string, string>();
  for (const [name, hosts] of split) {
    const short = shortHosts(hosts);
    hosts.forEach((host, i) => {
      const title = [short[i]!, host, JSON.stringify(host)]
        .map((written) => `${name} (${written})`)
        .find((each) => !taken.has(each))!;
      taken.add(title);
      titles.set(keyOf(name, host), title);
    });
  }
  return titles;
}

/** Hosts without the port and the domain that they all have. */
function shortHosts(hosts: readonly string[]): readonly string[] {
  const withoutPort = withoutCommon(hosts, /:\d+$/);
  const short = withoutCommon(withoutPort, /(?<=^[^.]*[a-z][^.]*)\..+$/i);
  return new Set(short).size === hosts.length ? short : withoutPort;
}

function withoutCommon(hosts: readonly string[], end: RegExp): readonly string[] {
  const ends = new Set(hosts.map((host) => end.exec(host)?.[0]));
  return ends.size === 1 ? hosts.map((host) => host.replace(end, '')) : hosts;
}

function remarksOn(all: readonly Series[], split: ReadonlyMap<string, readonly string[]>) {
  const apart = [...split].filter(([, hosts]) => hosts.length > 0);
  const labels = new Set(all.flatMap(({ labels }) => vmLabelIn(labels)?.label ?? []));
  const { by, remarks } = toldApartBy([...labels, ...(apart.length > 0 ? [HOST_LABEL] : [])]);
  const onHosts = apart.map(
    ([name, hosts]) => `VMs named “${name}” run on ${hosts.length} hosts: ${hosts.join(', ')}.`,
  );
  return { by, remarks: [...remarks, ...onHosts] };
}

function toldApartBy(labels: readonly string[]): Pick<Vms, 'by' | 'remarks'> {
  const quoted = labels.map((label) => `“${label}”`);
  const by = `${labels.length === 1 ? 'label' : 'labels'} ${quoted.join(' and ')}`;
  return labels.length === 0
    ? { by: '', remarks: [] }
    : { by, remarks: [`VMs are told apart by the ${by}.`] };
}

type Labels = Series['labels'];

function vmLabelIn(labels: Labels): { label: string; value: string } | undefined {
  for (const name of VM_LABELS) {
    const found = labelIn(labels, name);
    if (found) {
      return found;
    }
  }
  return undefined;
}

function labelIn(labels: Labels, name: string): { label: string; value: string } | undefined {
  const label = labels[name]
    ? name
    : Object.keys(labels).find((key) => key.toLowerCase() === name && labels[key]);
  return label ? { label, value: labels[label]! } : undefined;
}
