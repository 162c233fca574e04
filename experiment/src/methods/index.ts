import type { Method } from './method.js';

/** Every method, in the order of the study: the first is the oldest. */
export const METHODS: readonly Method[] = [];
