/**
 * AF_PACKET without a ring: a system call and a copy for every frame, which is what the study measured through libpcap. Today's
 * libpcap (since 1.10) always uses a ring, and so does every capture program in Debian: the reader is our own.
 */
import type { Method } from './method.js';
import { detectOwnSensor, startOwnSensor } from './own_sensor.js';

export const plain: Method = {
  name: 'plain',
  title: 'AF_PACKET, no ring',
  monitors: ['null', 'flow'],
  detect: detectOwnSensor,
  start: (order) => startOwnSensor('plain', order),
};
