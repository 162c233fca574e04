import { detect, type Detected, type Detection, type Overrides } from './detect';
import { groupBy } from './groupBy';
import { MEANING, ROLES, type Role } from './roles';
import type { Series } from './series';
import type { Vms } from './vms';

/** What hinders a picture and what to do about it: two sentences. */
export interface Problem {
  readonly missing: string;
  readonly remedy: string;
}

/** What a view could read out of the series, or what hinders it. */
export interface Reading<Data> {
  readonly data: Data | null;
  readonly problem: Problem | null;
  /** What is worth knowing about the reading, a sentence each, in the user's words. */
  readonly remarks: readonly string[];
}

export const blocked = (problem: Problem): Reading<never> => ({ data: null, problem, remarks: [] });

/** The series of a query's answer by the roles they were given. */
export interface Found {
  readonly all: readonly Series[];
  readonly detection: Detection;
  readonly overrides: Overrides;
  readonly of: (role: Role) => readonly Series[];
}

/** Gives the series their roles. */
export function find(all: readonly Series[], overrides: Overrides = {}): Found {
  const detection = detect(all, overrides);
  const roles = groupBy(detection.detected, ({ role }) => role);
  const of = (role: Role) => (roles.get(role) ?? []).map(({ series }) => series);
  return { all, detection, overrides, of };
}

/** Series that belong to no VM while others do, as a remark. */
export function homeless(found: Found, roles: readonly Role[], vmOf: Vms['vmOf']): string[] {
  return roles.flatMap((role) => {
    const none = found.of(role).filter((series) => vmOf(series) === null);
    return none.length > 0
      ? [
          `Left out, because ${none.length === 1 ? 'it does' : 'they do'} not tell which VM: ${none.length} series of ${role} (${listNames(none)}).`,
        ]
      : [];
  });
}

/** What Grafana's transformations name the one frame that they make of several. */
const TRANSFORMED = /^(joinByField|merge|reduce|seriesToRows|transpose|histogram)(-|$)/;

/** Roles without a series, as a problem: nothing at all, a choice that matches nothing, or nothing of that kind. */
export function missing(found: Found, roles: readonly Role[], remedy?: string): Problem {
  if (found.all.every(({ times }) => times.length === 0)) {
    return {
      missing: 'The query returned no time series.',
      remedy: 'Choose a longer time range, or check that the query returns a time column and numbers.',
    };
  }
  const transformed = found.all.find(({ query }) => TRANSFORMED.test(query));
  if (transformed) {
    return {
      missing: `No ${roles.join(' and no ')}: a transformation has replaced the names of the queries by “${transformed.query}”.`,
      remedy: `Remove the transformation, which this panel does not need, or rename its fields to ${roles.map((role) => `“${role}”`).join(' and ')} with “Organize fields by name”.`,
    };
  }
  const chosen = roles.find((role) => found.overrides[role]);
  const wanted = roles.map((role) => `“${role}” (${MEANING[role]})`).join(' and ');
  return {
    missing: chosen
      ? `No field or query goes by the name “${found.overrides[chosen]}” that the panel options choose for ${chosen}.`
      : `No ${roles.join(' and no ')} among ${listNames(found.all)}.`,
    remedy: `${remedy ?? `Name ${roles.length === 1 ? 'a query' : 'the queries'} ${wanted}`}, or choose a field in the panel options under Fields.`,
  };
}

/** How the series were read: a sentence per role that a view uses, its remarks, and what was left over for which reason. */
export function explain({ detection }: Found, uses: readonly Role[], remarks: readonly string[]): string[] {
  const roles = groupBy(detection.detected, ({ role }) => role);
  const used = uses.flatMap((role) => (roles.has(role) ? [sentence(role, roles.get(role)!)] : []));
  const others = ROLES.filter((role) => roles.has(role) && !uses.includes(role));
  const unused = [...groupBy(detection.ignored, ({ because }) => because)].map(
    ([because, entries]) => `Not used: ${listNames(entries.map(({ series }) => series))} — ${because}.`,
  );
  const spare = others.length > 0 ? [`Not needed for this view: ${others.join(', ')}.`] : [];
  const doubled = uses.flatMap((role) => averaged(role, roles.get(role) ?? []));
  return [...used, ...remarks, ...doubled, ...spare, ...unused];
}

function averaged(role: Role, entries: readonly Detected[]): string[] {
  const count = entries.reduce((sum, { series }) => sum + (series.doubled ?? 0), 0);
  return count > 0
    ? [`${count} samples of ${role} share their time with another one of the same series, and are averaged.`]
    : [];
}

function sentence(role: Role, entries: readonly Detected[]): string {
  const reasons = [...new Set(entries.map(({ because }) => because))];
  const shown = reasons.length > 2 ? `${reasons.slice(0, 2).join('; ')} and alike` : reasons.join('; ');
  return `${role[0]!.toUpperCase()}${role.slice(1)} (${MEANING[role]}): ${entries.length} series, by ${shown}.`;
}

/** The first few names, so that the sentence stays readable. */
function listNames(all: readonly Series[]): string {
  const names = [...new Set(all.map(nameOf))];
  const shown = names.slice(0, 4).map((name) => `“${name}”`);
  return names.length > 4 ? `${shown.join(', ')} and ${names.length - 4} more` : shown.join(', ');
}

/** Data sources call the only number of a query “Value”; then the query's name says more. */
const nameOf = ({ metric, name, query }: Series): string =>
  (/^value$/i.test(metric) ? query : metric) || name;
