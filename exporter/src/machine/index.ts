export type { Holder, Vm } from './types.js';
