import type { LiveMachine, LiveSample } from './protocol.js';

/** A machine of which there is nothing to tell. */
export const machine: LiveMachine = {
  host: 'h',
  role: 'host',
  version: '1',
  kernel: '6',
  attached: 0,
  missing: [],
  unseen: [],
  hops: [],
  lost: [],
  failing: [],
};

/** A moment at which nothing was counted. */
export const sampleAt = (t: number): LiveSample => ({
  t,
  vms: [],
  path: [],
  nics: [],
  captures: [],
  own: { cpu: 0, bytes: 0 },
});
