import { isStage, leadsToCapture, ROLES, type Role } from './roles';
import type { Series } from './series';

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
const NAMES: ReadonlyArray<readonly [Role, RegExp]> = [
  ['loss', /\bloss\b|\blost share\b|\bdrop(s|ped)? (ratio|share|percent)/],
  ['dropped', /\bdrop(s|ped)?\b|\blost\b/],
  ['payer', /\bpayers?\b/],
  ['cost', /\bcost\b|\bexits? (seconds|time)\b/],
  ['exits', /\bexits?\b/],
  ['carried', /\bcarried\b/],
  ['cores', /\bcores\b|\bv?cpus\b/],
  ['throughput', /\bthroughput\b|\bpackets?\b|\bpps\b/],
];

const UNITS: Readonly<Record<string, Role>> = { pps: 'throughput', percentunit: 'loss', percent: 'loss' };

/** Gives every series its role: by the user's choice, else by the name of its query, its own name and labels, or its unit. */
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
  if (series.unfit) {
    return { because: series.unfit };
  }
  const chosen = ROLES.find((role) => overrides[role] && goesBy(series, overrides[role]));
  const found: Verdict = chosen
    ? { role: chosen, because: 'choice in the panel options' }
    : (judgeByQuery(series) ?? judgeByPart(judgeByName(series) ?? judgeByUnit(series), series));
  if (!('role' in found)) {
    return found;
  }
  if (!chosen && overrides[found.role]) {
    return { because: `the panel options choose “${overrides[found.role]}” for ${found.role}` };
  }
  const objection = objectionTo(found.role, series, chosen !== undefined);
  return objection ? { because: objection } : found;
}

/** True where the user may mean this series by that name. */
function goesBy(series: Series, name: string): boolean {
  return [series.query, series.metric, series.name].includes(name);
}

function judgeByQuery({ query }: Series): Verdict | undefined {
  const role = ROLES.find((name) => `${words(query)} `.startsWith(`${name} `));
  return role && { role, because: `the name of its query, “${query}”` };
}

function judgeByName({ metric, name }: Series): Verdict | undefined {
  for (const text of [metric, name]) {
    if (/\bper packet\b/.test(words(text))) {
      return { because: 'it is given per packet; this panel divides by the packets itself' };
    }
    const match = NAMES.find(([, pattern]) => pattern.test(words(text)));
    if (match) {
      return { role: match[0], because: `its name, “${text}”` };
    }
  }
  return undefined;
}

function judgeByUnit({ unit }: Series): Verdict {
  const role = UNITS[unit];
  return role
    ? { role, because: `its unit, “${unit}”` }
    : { because: 'neither its query, its name nor its unit says what it measures' };
}

/** What is named like a whole but labelled like a part of it is the part. */
function judgeByPart(verdict: Verdict, { labels }: Series): Verdict {
  const whole = 'role' in verdict ? verdict.role : undefined;
  if (whole === 'throughput' && labels['stage']) {
    return { role: 'carried', because: `${verdict.because}, and its label “stage”` };
  }
  if (whole === 'cost' && labels['payer']) {
    return { role: 'payer', because: `${verdict.because}, and its label “payer”` };
  }
  return verdict;
}

/** Why a series cannot be what its name says, in words; undefined where it can. A choice of the user's goes before states. */
function objectionTo(role: Role, { labels }: Series, chosen: boolean): string | undefined {
  const { state, stage, direction, payer } = labels;
  if (role === 'cost' && !chosen && NO_COST_STATES.includes(state ?? '')) {
    return `state “${state}” is time in which nobody works on the exit`;
  }
  if (role === 'payer' && !payer) {
    return 'it has no label “payer” that says who spends the time';
  }
  if (role !== 'carried' && role !== 'dropped') {
    return undefined;
  }
  if (!isStage(stage)) {
    return stage
      ? `“${stage}” is no stage of the path`
      : role === 'dropped'
        ? 'drops per second are not a share; divide by the packets offered, or keep the label “stage”'
        : 'it has no label “stage” that says where the packets were counted';
  }
  return direction && !leadsToCapture(stage, direction)
    ? `at stage “${stage}” direction “${direction}” leads away from the capture`
    : undefined;
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
