/** The cells of a plan and their order. */
import type { Method } from '../methods/method.js';
import type { Cell, Factors } from '../results.js';
import type { Plan } from './plan.js';
import { mulberry32, shuffled } from './random.js';

/** Names and monitors of methods: what decides which combinations there are. */
export type Monitored = Pick<Method, 'name' | 'monitors'>;

/** Every combination of the factors that there is: a method that has no such monitor is left out. In the order of the plan. */
export function combinations({ factors }: Plan, methods: readonly Monitored[]): Factors[] {
  const { platform, method, monitor, flows, size } = factors;
  const monitorsOf = (name: string): Method['monitors'] =>
    methods.find((method) => method.name === name)?.monitors ?? [];
  return platform.flatMap((platform) =>
    method.flatMap((method) =>
      monitor
        .filter((monitor) => monitorsOf(method).includes(monitor))
        .flatMap((monitor) =>
          flows.flatMap((flows) => size.map((size) => ({ platform, method, monitor, flows, size }))),
        ),
    ),
  );
}

/**
 * The cells in the order they are run, which the seed decides: all combinations in an order of chance, then all again in
 * another, so that whatever drifts with time falls on all alike and an ended run has whole replications.
 */
export function orderedCells(plan: Plan, methods: readonly Monitored[], seed: number): Cell[] {
  const chance = mulberry32(seed);
  const all = combinations(plan, methods);
  return Array.from({ length: plan.replications }, (_, i) => i + 1).flatMap((replication) =>
    shuffled(all, chance).map((factors) => ({ ...factors, replication, id: cellId(factors, replication) })),
  );
}

function cellId({ platform, method, monitor, flows, size }: Factors, replication: number): string {
  return `${platform}-${method}-${monitor}-${flows}-${size}-r${replication}`;
}
