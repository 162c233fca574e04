import type { Series } from './series';

/** What a series can be to this panel. */
export type Role = 'throughput' | 'cost' | 'loss' | 'exits';

/** In the order in which they are listed to the user. */
export const ROLES: readonly Role[] = ['throughput', 'cost', 'loss', 'exits'];

/** What each role means and in which unit, in the words shown to the user. */
export const MEANING: Readonly<Record<Role, string>> = {
  throughput: 'packets delivered per second',
  cost: 'seconds of exit time per second',
  loss: 'share of the packets that was lost, 0 to 1',
  exits: 'VM exits per second, by class where the label “class” is given',
};

/** The user's choice of a query, field or metric name for a role; absent or empty: find it. */
export type Overrides = Partial<Readonly<Record<Role, string>>>;

/** A series with the role it was given and the reason in words. */
export interface Detected {
  readonly series: Series;
  readonly role: Role;
  /** Completes “taken for throughput by …”. */
  readonly because: string;
}

/** A series that is not used and the reason in words. */
export interface Ignored {
  readonly series: Series;
  readonly because: string;
}

export interface Detection {
  readonly detected: readonly Detected[];
  readonly ignored: readonly Ignored[];
}

/** Time a vCPU waited or ran the guest: part of an exit's duration, but nothing that anyone paid for it. */
const NO_COST_STATES = ['runqueue', 'blocked', 'guest'];

/** First match decides, so the narrow patterns stand before the wide ones. */
const NAMES: ReadonlyArray<readonly [Role | 'drops', RegExp]> = [
  ['loss', /\bloss\b|\blost share\b|\bdrop(s|ped)? (ratio|share|percent)/],
  ['drops', /\bdrop(s|ped)?\b|\blost\b/],
  ['cost', /\bcost\b|\bexits? (seconds|time)\b/],
  ['exits', /\bexits?\b/],
  ['throughput', /\bthroughput\b|\bpackets?\b|\bpps\b/],
];

const UNITS: Readonly<Record<string, Role>> = { pps: 'throughput', percentunit: 'loss', percent: 'loss' };

/** Gives every series its role: by the user's choice, else by the name of its query, its own name, or its unit. */
export function detect(all: readonly Series[], overrides: Overrides = {}): Detection {
  const detected: Detected[] = [];
  const ignored: Ignored[] = [];
  for (const series of all) {
    const verdict = judge(series, overrides);
    if ('role' in verdict) {
      detected.push({ series, ...verdict });
    } else {
      ignored.push({ series, ...verdict });
    }
  }
  return { detected, ignored };
}

type Verdict = { role: Role; because: string } | { because: string };

function judge(series: Series, overrides: Overrides): Verdict {
  const chosen = ROLES.find((role) => overrides[role] && goesBy(series, overrides[role]));
  if (chosen) {
    return { role: chosen, because: 'choice in the panel options' };
  }
  const found = judgeByNameOrUnit(series);
  if (!('role' in found)) {
    return found;
  }
  if (overrides[found.role]) {
    return { because: `the panel options choose “${overrides[found.role]}” for ${found.role}` };
  }
  if (found.role === 'cost' && NO_COST_STATES.includes(series.labels['state'] ?? '')) {
    return { because: `state “${series.labels['state']}” is time in which nobody works on the exit` };
  }
  return found;
}

/** True where the user may mean this series by that name. */
function goesBy(series: Series, name: string): boolean {
  return [series.query, series.metric, series.name].includes(name);
}

function judgeByNameOrUnit(series: Series): Verdict {
  const query = words(series.query);
  const byQuery = ROLES.find((role) => query === role || query.startsWith(`${role} `));
  if (byQuery) {
    return { role: byQuery, because: `the name of its query, “${series.query}”` };
  }
  for (const text of [series.metric, series.name]) {
    const match = NAMES.find(([, pattern]) => pattern.test(words(text)));
    if (match?.[0] === 'drops') {
      return { because: 'drops per second are not a share; divide by the packets offered' };
    }
    if (match) {
      return { role: match[0] as Role, because: `its name, “${text}”` };
    }
  }
  const byUnit = UNITS[series.unit];
  return byUnit
    ? { role: byUnit, because: `its unit, “${series.unit}”` }
    : { because: 'neither its query, its name nor its unit says what it measures' };
}

/** Metric names and legends as plain words: `vm_exitSeconds:rate1m{vm="a"}` → `vm exit seconds rate1m`. */
function words(text: string): string {
  return text
    .replace(/\{.*$/s, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[^a-zA-Z0-9]+/g, ' ')
    .trim()
    .toLowerCase();
}
