import type { Load } from './load.js';

/** Every source of frames; the first is the default. */
export const LOADS: readonly Load[] = [];
