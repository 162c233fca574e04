/** Traffic from the emulated host towards the nested guest. */
import { guestProgram } from './compile.js';
import type { Machine } from './machine.js';
import type { LabProcess } from './process.js';

/** Frames per second that an emulated machine can carry beside everything else. */
const LOW = 20;
const HIGH = 400;

/** Sends frames out of an interface of a machine, at a rate that rises and falls once a minute between two bounds. */
export async function startTraffic(
  machine: Machine,
  device: string,
  { low = LOW, high = HIGH } = {},
): Promise<LabProcess> {
  const program = await guestProgram('traffic-source');
  return machine.spawn(`node ${program} --device ${device} --low ${low} --high ${high}`);
}
