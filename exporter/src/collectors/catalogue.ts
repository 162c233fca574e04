import type { CollectorDescription } from '../exposition/metric.js';
import { machineDescription } from './machine.js';
import { pathDescription } from './path.js';
import { programsDescription } from './programs.js';
import { vmExitDescription } from './vm_exit/index.js';

/** Collectors that can be switched, in the order in which they run and are documented. */
export const switchable: readonly CollectorDescription[] = [
  machineDescription,
  pathDescription,
  vmExitDescription,
];

/** Every collector there is. */
export const catalogue: readonly CollectorDescription[] = [programsDescription, ...switchable];
