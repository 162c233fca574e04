import type { Load } from './load.js';
import { pktgen } from './pktgen.js';
import { trafgen } from './trafgen.js';

/** Every source of frames; the first is the default. */
export const LOADS: readonly Load[] = [pktgen, trafgen];
