import { execFileSync } from 'node:child_process';
import { expect } from 'vitest';
import { close, read, send } from '../../experiment/src/sensor/libc.js';
import { openFrameSender } from '../../experiment/src/sensor/network.js';
import { until } from './exporter.js';
import { ip } from './namespace.js';

/** From one stranger to another, of a protocol for experiments (IEEE 802, 0x88b5): bridges flood it, no stack answers. */
export const FRAME = Uint8Array.of(2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x88, 0xb5, ...new Uint8Array(46));

/** A cable whose end `source` leads into the port of the bridge `bridge`. */
export const layBridge = (): void =>
  ip(
    'link add source type veth peer name port',
    'link add bridge type bridge mcast_snooping 0',
    'link set port master bridge up',
    'link set source up',
    'link set bridge up',
  );

/** Waits for the device first: one whose carrier came after it was set up throws frames away until the kernel's link watch has run. */
export async function sendFrames(device: string, count: number, frame = FRAME): Promise<void> {
  await until(() => linkDetails(device).operstate === 'UP');
  const sender = openFrameSender(device);
  for (let i = 0; i < count; i++) expect(send(sender, frame)).toBe(frame.length);
  close(sender);
}

/** How many frames as long as FRAME wait at a tap. */
export function readFrames(tap: number): number {
  const buffer = new Uint8Array(2048);
  let frames = 0;
  while (read(tap, buffer) === FRAME.length) frames++;
  return frames;
}

/** What ip(8) says of a device. */
export interface LinkDetails {
  operstate: string;
  stats64: { rx: { dropped: number; otherhost?: number } };
}

export function linkDetails(device: string): LinkDetails {
  const said = execFileSync('ip', ['-json', '-stats', '-stats', 'link', 'show', device], {
    encoding: 'utf8',
  });
  const [link] = JSON.parse(said) as [LinkDetails];
  return link;
}
