import type { CollectorDescription } from '../exposition/index.js';
import { machineDescription } from './machine.js';
import { pathDescription } from './path.js';

/** Every collector there is, in the order in which they run and are documented. */
export const catalogue: readonly CollectorDescription[] = [machineDescription, pathDescription];
