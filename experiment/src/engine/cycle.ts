/** The cycle of the study for one cell, from a machine as it was to a result. What it changes is taken back by its caller. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Counter, Counts } from '../counting/counts.js';
import type { Load, LoadOrder } from '../load/load.js';
import type { Method } from '../methods/method.js';
import type { Plan } from '../plan/plan.js';
import type { Cell, CellResult, Sample } from '../results.js';
import type { Changes } from './change.js';
import type { Equipment } from './equipment.js';
import { grownFrames, grownLosses, spent } from './growth.js';
import type { Phase } from './phases.js';
import { pin } from './pinning.js';
import { sampleLoad, type Reading } from './sampling.js';

/** Milliseconds between looks whether the last frame has been counted. */
const SETTLING = 500;

/** What a cell is measured with. */
export interface Cycle {
  plan: Plan;
  equipment: Equipment;
  changes: Changes;
  /** When aborted, the cell is given up at the next step. */
  signal: AbortSignal;
  /** A phase begins. */
  enter(phase: Phase): void;
  taken(sample: Sample): void;
}

/** Measures a cell. Throws when anything goes wrong, or when it is given up. */
export async function measure(cell: Cell, order: number, cycle: Cycle): Promise<CellResult> {
  const { plan, equipment, changes, signal } = cycle;
  const enter = (phase: Phase): void => {
    signal.throwIfAborted();
    cycle.enter(phase);
  };
  const startedAt = new Date().toISOString();
  enter('prepare');
  await pin(plan, equipment, changes);
  enter('load the sensor');
  const sensor = await methodOf(cell, equipment).start(sensorOrder(cell, cycle));
  enter('start logging');
  const counter = await equipment.counterOf(cell, sensor);
  const [own, counts] = await Promise.all([sensor.count(), counter.read()]);
  const before: Reading = { sent: 0, delivered: own?.delivered ?? 0, counts };
  enter('start the load');
  const load = await loadOf(plan, equipment).start(loadOrder(cell, cycle));
  const { samples, kept } = await sampleLoad(plan, { ...cycle, enter, load, sensor, counter, before });
  enter('stop the load');
  const offered = await load.stop();
  const rest = await settled(offered, before.counts, counter, cycle);
  enter('unload the sensor');
  const last = await sensor.stop();
  return {
    cell,
    order,
    startedAt,
    endedAt: new Date().toISOString(),
    offered,
    delivered: grownFrames(last.delivered, before.delivered, "the sensor's count"),
    deliveredByTrapline: grownFrames(rest.delivered, before.counts.delivered, 'delivered'),
    lost: grownLosses(rest, before.counts),
    samples,
    cost: spent(kept.to.counts, kept.from.counts),
  };
}

/** The counts when every frame has been counted, or, if some never are, when the plan's patience is at its end. */
async function settled(
  offered: number,
  before: Counts,
  counter: Counter,
  { plan, signal }: Cycle,
): Promise<Counts> {
  const end = performance.now() + plan.settle * 1000;
  for (;;) {
    const counts = await counter.read();
    const lost = Object.values(grownLosses(counts, before)).reduce((sum, frames) => sum + frames, 0);
    if (counts.delivered - before.delivered + lost >= offered || performance.now() > end) return counts;
    await sleep(SETTLING, undefined, { signal });
  }
}

function sensorOrder(cell: Cell, { plan, equipment, changes }: Cycle): Parameters<Method['start']>[0] {
  const { platform } = cell;
  const cpus = plan.pinning.sensor?.[platform];
  const shell = equipment[platform]!;
  return { cell, shell, device: plan[platform]!.device, changes, ...(cpus ? { cpus } : {}) };
}

function loadOrder({ size, flows }: Cell, { plan, equipment, changes }: Cycle): LoadOrder {
  const { device, rate, destination } = plan.load;
  return {
    ...{ shell: equipment.host, device, rate, size, flows, changes },
    ...(destination === undefined ? {} : { destination }),
    ...(plan.pinning.load ? { cpus: plan.pinning.load } : {}),
  };
}

function methodOf(cell: Cell, { methods }: Equipment): Method {
  return methods.find(({ name }) => name === cell.method)!;
}

function loadOf({ load }: Plan, { loads }: Equipment): Load {
  return loads.find(({ name }) => name === load.generator)!;
}
