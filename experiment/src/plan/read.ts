/** From the text of a plan file to a `Plan`, or to everything that is wrong with it. */
import { LOADS } from '../load/index.js';
import type { Load } from '../load/load.js';
import { METHODS } from '../methods/index.js';
import type { Method } from '../methods/method.js';
import { FLOWS, FRAME_SIZES, MONITORS, PLATFORMS, type Platform } from '../results.js';
import { PlanFailure, type Complaint } from './complaint.js';
import { PlanDocument } from './document.js';
import type { GuestPlan, HostPlan, LoadPlan, Pinning, Plan } from './plan.js';
import { Section } from './section.js';

/** Where Trapline listens by default. */
export const DEFAULT_TRAPLINE = 'http://127.0.0.1:9818';

const MAC = /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i;
/** Of the kernel's 15 characters at most (IFNAMSIZ) those that mean nothing to a shell. */
const INTERFACE = /^[\w.@+-]{1,15}$/;
const ADDRESS = /^https?:\/\/[^\s/]+\/?$/;
const DAY = 86_400;

/** A sound plan and its text. */
export interface PlanFile {
  plan: Plan;
  /** Path as the user named it. */
  file: string;
  /** A complaint about the value at a path, as in `pinning.vhost`. */
  at(path: string, message: string): Complaint;
}

/** What can be named in a plan. */
export interface Vocabulary {
  methods: readonly Pick<Method, 'name' | 'monitors'>[];
  loads: readonly Pick<Load, 'name'>[];
}

/** Throws `PlanFailure` with every complaint. */
export function readPlan(
  text: string,
  file: string,
  known: Vocabulary = { methods: METHODS, loads: LOADS },
): PlanFile {
  const document = new PlanDocument(text);
  const root = Section.root(document);
  const plan = root && readRoot(root, known);
  if (document.complaints.length > 0) throw new PlanFailure(file, document.complaints);
  // Whatever is undefined was complained of.
  return { plan: plan as Plan, file, at: (path, message) => document.at(path, message) };
}

/** Values that may be undefined where a complaint says so. */
type Draft<T> = { [K in keyof T]: T[K] | undefined };

function readRoot(root: Section, known: Vocabulary): Draft<Plan> {
  const factors = readFactors(root.section('factors'), known);
  const wantsGuest = factors?.platform?.includes('guest') ?? false;
  const guest = wantsGuest || root.has('guest') ? readGuest(root.section('guest')) : undefined;
  const plan: Draft<Plan> = {
    factors: factors as Plan['factors'],
    replications: root.number('replications', { least: 1, most: 1000, whole: true }),
    ...readTimes(root),
    ...(root.has('seed') ? { seed: root.number('seed', { least: 0, most: 2 ** 32 - 1, whole: true }) } : {}),
    load: readLoad(root.section('load'), known) as LoadPlan,
    host: readHost(root.section('host')) as HostPlan,
    // A guest that is not measured is not touched, and may be off.
    ...(wantsGuest ? { guest: guest as GuestPlan } : {}),
    pinning: root.has('pinning') ? readPinning(root.section('pinning'), wantsGuest) : {},
  };
  root.end();
  return plan;
}

function readFactors(
  section: Section | undefined,
  { methods }: Vocabulary,
): Draft<Plan['factors']> | undefined {
  if (!section) return undefined;
  const factors: Draft<Plan['factors']> = {
    platform: section.choices<Platform>('platform', PLATFORMS),
    method: section.choices(
      'method',
      methods.map(({ name }) => name),
    ),
    monitor: section.choices('monitor', MONITORS),
    flows: section.choices('flows', FLOWS),
    size: section.choices('size', FRAME_SIZES),
  };
  section.end();
  for (const [i, name] of (factors.method ?? []).entries()) {
    const { monitors } = methods.find((method) => method.name === name)!;
    if (factors.monitor && !factors.monitor.some((monitor) => monitors.includes(monitor)))
      section.complain(`method.${i}`, `${name} has no monitor but ${monitors.join(', ')}.`);
  }
  return factors;
}

type Times = Pick<Plan, 'duration' | 'interval' | 'warmUp' | 'coolOff' | 'settle'>;

function readTimes(root: Section): Draft<Times> {
  const samples = { least: 0, most: 1000, whole: true };
  const times: Draft<Times> = {
    duration: root.number('duration', { least: 0.1, most: DAY }),
    interval: root.number('interval', { least: 0.1, most: DAY }),
    warmUp: root.has('warm_up') ? root.number('warm_up', samples) : 0,
    coolOff: root.has('cool_off') ? root.number('cool_off', samples) : 0,
    settle: root.has('settle') ? root.number('settle', { least: 1, most: 600 }) : 30,
  };
  const { duration, interval, warmUp, coolOff } = times;
  if (duration === undefined || interval === undefined) return times;
  const count = duration / interval;
  // In tenths of seconds quotients are seldom whole to the last bit.
  if (Math.abs(count - Math.round(count)) > 1e-6 || count < 1)
    root.complain(
      'interval',
      `The duration of ${duration} s must be a whole number of intervals; ${interval} s is not such an interval.`,
    );
  else if (warmUp !== undefined && coolOff !== undefined && warmUp + coolOff >= count) {
    const all = `a cell has ${Math.round(count)} samples, and warm_up and cool_off discard ${warmUp + coolOff} of them`;
    root.complain(root.has('cool_off') ? 'cool_off' : 'warm_up', `Nothing is kept: ${all}.`);
  }
  return times;
}

function readLoad(section: Section | undefined, { loads }: Vocabulary): Draft<LoadPlan> | undefined {
  if (!section) return undefined;
  const names = loads.map(({ name }) => name);
  const mac = 'a MAC address, as in 02:00:00:00:00:01';
  const load = {
    generator: section.has('generator') ? section.choice('generator', names) : names[0],
    device: interfaceOf(section),
    rate: section.number('rate', { least: 1, most: 1e9, whole: true }),
    ...(section.has('destination') ? { destination: section.textLike('destination', MAC, mac) } : {}),
  };
  section.end();
  return load as Draft<LoadPlan>;
}

function readHost(section: Section | undefined): Draft<HostPlan> | undefined {
  if (!section) return undefined;
  const host = {
    device: interfaceOf(section),
    trapline: section.has('trapline') ? addressOf(section) : DEFAULT_TRAPLINE,
  };
  section.end();
  return host;
}

function readGuest(section: Section | undefined): Draft<GuestPlan> | undefined {
  if (!section) return undefined;
  const guest = {
    shell: section.text('shell'),
    device: interfaceOf(section),
    vm: section.text('vm'),
    ...(section.has('trapline') ? { trapline: addressOf(section) } : {}),
    ...(section.has('reboot') ? { reboot: section.text('reboot') } : {}),
  };
  section.end();
  return guest as Draft<GuestPlan>;
}

/** Of the guest, if there is one, and of the host. */
function readPinning(section: Section | undefined, guest: boolean): Pinning | undefined {
  if (!section) return undefined;
  const [host, ofVm] = [cpusOf(section, 'interrupts', 'load'), cpusOf(section, 'vhost', 'vcpu')];
  const sensors = section.has('sensor') ? section.section('sensor') : undefined;
  const [onHost, inGuest] = sensors ? [cpusOf(sensors, 'host'), cpusOf(sensors, 'guest')] : [];
  sensors?.end();
  section.end();
  const sensor = { ...onHost, ...(guest ? inGuest : {}) };
  return { ...host, ...(guest ? ofVm : {}), ...(sensors ? { sensor } : {}) };
}

/** The lists of CPUs that are there. */
function cpusOf(section: Section, ...keys: string[]): Record<string, number[] | undefined> {
  return Object.fromEntries(keys.filter((key) => section.has(key)).map((key) => [key, section.cpus(key)]));
}

const interfaceOf = (section: Section): string | undefined =>
  section.textLike('device', INTERFACE, 'the name of a network interface');

const addressOf = (section: Section): string | undefined =>
  section.textLike('trapline', ADDRESS, `an address, as in ${DEFAULT_TRAPLINE}`)?.replace(/\/$/, '');
