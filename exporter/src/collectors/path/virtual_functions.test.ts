import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Recorder } from '../../exposition/recorder.testing.js';
import { deviceOf } from '../../machine/device.testing.js';
import { NetlinkError, type VirtualFunction, type Vm } from '../../machine/index.js';
import { pathDescription } from './collector.js';
import { VirtualFunctions } from './virtual_functions.js';

let sys: string;
beforeEach(() => {
  sys = mkdtempSync(join(tmpdir(), 'trapline-functions-'));
  write('class/net/pf0/device/sriov_numvfs', '2\n');
  write('class/net/eth1/device/sriov_numvfs', '0\n');
});
afterEach(() => rmSync(sys, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(sys, path)), { recursive: true });
  writeFileSync(join(sys, path), text);
}

/** Gives a function of pf0 an address and an IOMMU group of its own. */
function lend(number: number, group: number): void {
  const address = `0000:03:10.${number}`;
  write(`kernel/iommu_groups/${group}/devices/${address}/class`, '0x020000\n');
  const device = join(sys, `kernel/iommu_groups/${group}/devices/${address}`);
  symlinkSync(device, join(sys, `class/net/pf0/device/virtfn${number}`));
}

const web: Vm = {
  ...{ key: '70:1', pid: 70, startTicks: 1, name: 'web', uuid: '', vmm: 'qemu', vhostUser: [] },
};
const counted = (number: number, packets: number, drops: number): VirtualFunction => ({
  number,
  receive: { packets, bytes: 60 * packets, drops },
  transmit: { packets: 1, bytes: 60, drops: 0 },
});

const devices = [
  deviceOf({ index: 2, name: 'pf0', kind: 'nic' }),
  deviceOf({ index: 3, name: 'eth1', kind: 'nic' }),
];

function stageOf(read: (device: number) => VirtualFunction[], now = () => 0): () => string[] {
  const stage = new VirtualFunctions({ vfio: new Map([['27', web]]) }, read, sys, now);
  return () => {
    const recorder = new Recorder(pathDescription.metrics);
    stage.collect(recorder, devices);
    return recorder.said.map(({ metric, labelValues, value }) =>
      [metric.name.replace('trapline_vf_', ''), ...labelValues, value].join(' '),
    );
  };
}

it('has what the NIC counts of each function, with the VM that holds it', () => {
  lend(0, 26);
  lend(1, 27);
  const asked: number[] = [];
  const look = stageOf((device) => {
    asked.push(device);
    return [counted(0, 0, 0), counted(1, 100, 900)];
  });
  const said = look();
  expect(asked).toEqual([2]);
  expect(said.filter((line) => line.includes('receive'))).toEqual([
    'packets_total pf0 0  receive 0',
    'packets_total pf0 1 web receive 100',
    'bytes_total pf0 0  receive 0',
    'bytes_total pf0 1 web receive 6000',
    'drops_total pf0 0  receive 0',
    'drops_total pf0 1 web receive 900',
  ]);
  expect(said).toHaveLength(12);
});

it('says nothing while a driver says 0 of all: it may count nothing', () => {
  const none = { packets: 0, bytes: 0, drops: 0 };
  let functions: VirtualFunction[] = [{ number: 0, receive: none, transmit: none }];
  const look = stageOf(() => functions);
  expect(look()).toEqual([]);
  functions = [counted(0, 5, 0)];
  expect(look()).toContain('packets_total pf0 0  receive 5');
  functions = [{ number: 0, receive: none, transmit: none }];
  expect(look()).toContain('packets_total pf0 0  receive 5');
});

it('goes on where a function is reset', () => {
  const looks = [counted(0, 100, 7), counted(0, 3, 1)];
  const look = stageOf(() => [looks.shift()!]);
  look();
  expect(look()).toEqual(
    expect.arrayContaining(['packets_total pf0 0  receive 103', 'drops_total pf0 0  receive 8']),
  );
});

it('asks a driver that takes long less often, and shows what it said last', () => {
  let now = 0;
  let asked = 0;
  const look = stageOf(
    () => {
      asked++;
      now += 100;
      return [counted(0, asked, 0)];
    },
    () => now,
  );
  const at = (time: number): string[] => {
    now = time;
    return look().filter((line) => line.startsWith('packets_total pf0 0  receive'));
  };
  expect(at(0)).toEqual(['packets_total pf0 0  receive 1']);
  expect(at(5_000)).toEqual(['packets_total pf0 0  receive 1']);
  expect(at(5_100)).toEqual(['packets_total pf0 0  receive 2']);
});

it('does without the functions where the kernel does not tell of them', () => {
  const look = stageOf(() => {
    throw new NetlinkError('a dump', 90);
  });
  expect(look()).toEqual([]);
});
