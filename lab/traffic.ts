/** Traffic from the emulated host towards the nested guest. */
import { join } from 'node:path';
import { CHECKOUT, type LabHost } from './host.js';
import type { LabProcess } from './process.js';

/** Frames per second that an emulated machine can carry beside everything else. */
const LOW = 20;
const HIGH = 400;

/** Sends frames out of an interface inside, at a rate that rises and falls once a minute. */
export function startTraffic(host: LabHost, device: string): Promise<LabProcess> {
  const program = join(CHECKOUT, 'lab', 'guests', 'traffic-source.ts');
  return host.spawn(`node --import tsx ${program} --device ${device} --low ${LOW} --high ${HIGH}`);
}
