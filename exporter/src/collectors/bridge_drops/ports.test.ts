import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { portsByIndex, readBridges } from './ports.js';

it('finds bridges and their ports by ifindex', () => {
  const sys = mkdtempSync(join(tmpdir(), 'trapline-ports-'));
  const add = (name: string, ifindex: number): string => {
    const path = join(sys, 'class/net', name);
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'ifindex'), `${ifindex}\n`);
    return path;
  };
  const bridge = add('br0', 5);
  mkdirSync(join(bridge, 'bridge'));
  writeFileSync(join(bridge, 'bridge/bridge_id'), '8000.000000000000\n');
  mkdirSync(join(bridge, 'brif'));
  for (const [name, ifindex] of [
    ['eth0', 2],
    ['tap0', 7],
  ] as const) {
    add(name, ifindex);
    writeFileSync(join(bridge, 'brif', name), '');
  }
  add('eth1', 3);
  expect(readBridges(sys)).toEqual(new Map([['br0', ['eth0', 'tap0']]]));
  expect([...portsByIndex(readBridges(sys), sys)]).toEqual([
    [5, { bridge: 'br0', port: '', others: 2 }],
    [2, { bridge: 'br0', port: 'eth0', others: 1 }],
    [7, { bridge: 'br0', port: 'tap0', others: 1 }],
  ]);
  rmSync(sys, { recursive: true });
});
