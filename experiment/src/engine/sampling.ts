/** The log of a cell: what has come and gone, once an interval. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Counter, Counts } from '../counting/counts.js';
import type { RunningLoad } from '../load/load.js';
import type { Sensor } from '../methods/method.js';
import type { Plan } from '../plan/plan.js';
import type { Sample } from '../results.js';
import { lossesBetween } from './growth.js';
import type { Phase } from './phases.js';

/** Everything that counts, read at once. */
export interface Reading {
  sent: number;
  /** By the sensor itself. */
  delivered: number;
  counts: Counts;
}

/** What is read. */
export interface Log {
  load: RunningLoad;
  sensor: Sensor;
  counter: Counter;
  /** As it was before the load. */
  before: Reading;
  signal: AbortSignal;
  /** A phase begins. */
  enter(phase: Phase): void;
  taken(sample: Sample): void;
}

/** What the log of a cell is. */
export interface Logged {
  samples: Sample[];
  /** At both ends of what is kept. */
  kept: { from: Reading; to: Reading };
}

/** Samples from now, when the load has just started, to the end of the plan's duration. Throws when the signal is aborted. */
export async function sampleLoad({ duration, interval, warmUp, coolOff }: Plan, log: Log): Promise<Logged> {
  const started = performance.now();
  const startedAt = started / 1000;
  const readings = [log.before];
  const samples: Sample[] = [];
  const count = Math.round(duration / interval);
  const phaseOf = (n: number): Phase =>
    n < warmUp ? 'discard warm-up' : n < count - coolOff ? 'collect' : 'discard cool-off';
  for (let n = 0; n < count; n++) {
    if (n === 0 || phaseOf(n) !== phaseOf(n - 1)) log.enter(phaseOf(n));
    await sleep(Math.max(0, started + (n + 1) * interval * 1000 - performance.now()), undefined, log);
    const reading = await read(log);
    const sample = toSample(reading, readings.at(-1)!, startedAt, phaseOf(n) === 'collect');
    readings.push(reading);
    samples.push(sample);
    log.taken(sample);
  }
  return { samples, kept: { from: readings[warmUp]!, to: readings[count - coolOff]! } };
}

/** Of a sensor that says nothing yet, Trapline says what it has got. */
async function read({ load, sensor, counter, before }: Log): Promise<Reading> {
  const [sent, own, counts] = await Promise.all([load.sent(), sensor.count(), counter.read()]);
  return { sent, delivered: own?.delivered ?? counts.delivered - before.counts.delivered, counts };
}

function toSample(now: Reading, last: Reading, startedAt: number, kept: boolean): Sample {
  return {
    at: now.counts.at - startedAt,
    seconds: now.counts.at - Math.max(last.counts.at, startedAt),
    offered: now.sent - last.sent,
    delivered: now.delivered - last.delivered,
    lost: lossesBetween(now.counts, last.counts),
    kept,
  };
}
