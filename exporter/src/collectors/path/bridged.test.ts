import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deviceOf } from '../../machine/device.testing.js';
import { Bridged } from './bridged.js';

let root: string;
let bridged: Bridged;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'trapline-bridged-'));
  bridged = new Bridged(root);
});
afterEach(() => rmSync(root, { recursive: true }));

const ports = (): string => join(root, 'class/net/br0/brif');

function plug(...names: readonly string[]): void {
  mkdirSync(ports(), { recursive: true });
  for (const name of names) writeFileSync(join(ports(), name), '');
}

type Counts = Record<string, readonly [received: number, transmitted: number]>;

/** Packets into and out of br0, given those that each device received and transmitted; a packet has 60 bytes. */
function from(counts: Counts): [received: number, transmitted: number] {
  const flow = (packets: number) => ({ packets, bytes: packets * 60, drops: 5 });
  const devices = Object.entries(counts).map(([name, [received, transmitted]]) =>
    deviceOf({
      name,
      kind: name === 'br0' ? 'bridge' : 'other',
      receive: flow(received),
      transmit: flow(transmitted),
    }),
  );
  const [bridge, ...others] = bridged.from(devices);
  expect(others).toEqual(devices.slice(1));
  const { receive, transmit } = bridge!;
  expect(bridge).toMatchObject({ receive: flow(receive.packets), transmit: flow(transmit.packets) });
  return [receive.packets, transmit.packets];
}

describe('Bridged', () => {
  it('adds what came in and went out at every port and at the host', () => {
    plug('port', 'tap0');
    expect(from({ br0: [0, 0], port: [70, 7], tap0: [1, 100], eth0: [9, 9] })).toEqual([0, 0]);
    expect(from({ br0: [3, 4], port: [80, 7], tap0: [1, 120], eth0: [99, 99] })).toEqual([14, 23]);
  });

  it('never falls when a port goes', () => {
    plug('port', 'tap0');
    from({ br0: [0, 0], port: [0, 0], tap0: [0, 0] });
    expect(from({ br0: [0, 0], port: [10, 0], tap0: [5, 8] })).toEqual([15, 8]);
    rmSync(join(ports(), 'tap0'));
    expect(from({ br0: [0, 0], port: [11, 0] })).toEqual([16, 8]);
  });

  it('counts a port from its coming on, and anew where another took its name', () => {
    plug('port');
    from({ br0: [0, 0], port: [0, 0], tap0: [1000, 1000] });
    plug('tap0');
    expect(from({ br0: [0, 0], port: [10, 0], tap0: [1000, 1010] })).toEqual([10, 0]);
    expect(from({ br0: [0, 0], port: [10, 0], tap0: [1001, 1020] })).toEqual([11, 10]);
    expect(from({ br0: [0, 0], port: [10, 0], tap0: [3, 5] })).toEqual([11, 10]);
    expect(from({ br0: [0, 0], port: [10, 0], tap0: [4, 7] })).toEqual([12, 12]);
  });

  it('leaves a bridge whose ports cannot be listed to what its host takes and sends', () => {
    from({ br0: [0, 0], port: [0, 0] });
    expect(from({ br0: [3, 4], port: [10, 10] })).toEqual([4, 3]);
  });
});
