import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DriverCounters } from '../src/machine/index.js';
import { Exporter } from './exporter.js';
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

const nics = readdirSync('/sys/class/net').filter((name) => existsSync(`/sys/class/net/${name}/device`));

describe.skipIf(!ground.root || !ground.btf)(`the NICs of this machine${missing('root', 'btf')}`, () => {
  it.skipIf(nics.length === 0)('have a driver that is asked at each scrape (needs a NIC)', async () => {
    const exporter = await Exporter.start();
    const scrape = await exporter.scrape();
    await exporter.stop();
    const of = (metric: string, label: string) =>
      scrape
        .find(`trapline_nic_hardware_${metric}`)
        .map(({ labels, value }) => [labels['device'], labels[label], value]);
    const driver = (name: string) =>
      /^driver: (.*)$/m.exec(execFileSync('ethtool', ['-i', name], { encoding: 'utf8' }))![1];
    expect(of('info', 'driver').sort()).toEqual(nics.map((name) => [name, driver(name), 1]).sort());
    expect(of('age_seconds', 'none').sort()).toEqual(nics.map((name) => [name, undefined, 0]).sort());
  });
});
