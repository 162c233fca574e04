import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DriverCounters } from '../src/machine/index.js';
import { ground, missing } from './ground.js';

/** The devices here whose driver keeps counters of its own. */
const devices = readdirSync('/sys/class/net').filter(
  (name) => spawnSync('ethtool', ['-S', name]).status === 0,
);

/** Reads as the server does: without any privilege. */
function readAsNobody(device: string): DriverCounters {
  const machine = join(import.meta.dirname, '../dist/machine/index.js');
  const script = `const { Ethtool } = await import(${JSON.stringify(machine)});
    const ethtool = new Ethtool();
    ethtool.read('a-name-too-long-for-one');
    console.log(JSON.stringify(ethtool.read(${JSON.stringify(device)}) ?? null));`;
  const nobody = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath];
  const said = execFileSync('setpriv', [...nobody, '--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  return JSON.parse(said) as DriverCounters;
}

/** What ethtool(8) prints: names and values in the driver's order. */
function printed(device: string): (readonly [name: string, value: number])[] {
  const lines = execFileSync('ethtool', ['-S', device], { encoding: 'utf8' }).split('\n').slice(1, -1);
  return lines.map((line) => {
    const [, name, value] = /^ {5}(.*): (\d+)$/.exec(line)!;
    return [name!, Number(value)];
  });
}

describe.skipIf(!ground.root || devices.length === 0)(`counters of drivers${missing('root')}`, () => {
  it.each(devices)('of %s are those that ethtool -S prints', (device) => {
    const before = readAsNobody(device);
    const tool = printed(device);
    const after = readAsNobody(device);
    expect(execFileSync('ethtool', ['-i', device], { encoding: 'utf8' })).toContain(
      `driver: ${before.driver}\n`,
    );
    expect(before.names).toEqual(tool.map(([name]) => name));
    expect(after.names).toEqual(before.names);
    const outside = tool.filter(([, value], i) => value < before.values[i]! || value > after.values[i]!);
    expect(outside).toEqual([]);
  });

  it.each(['lo', 'no-such-device', 'a-name-too-long-for-one', ''])('of %j there are none', (device) => {
    expect(readAsNobody(device)).toBeNull();
  });
});
