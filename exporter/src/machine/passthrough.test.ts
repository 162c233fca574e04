import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { addressOfFunction, functionsBehind, lenders } from './passthrough.js';

let sys: string;
beforeEach(() => void (sys = mkdtempSync(join(tmpdir(), 'trapline-sys-'))));
afterEach(() => rmSync(sys, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(sys, path)), { recursive: true });
  writeFileSync(join(sys, path), text);
}

function pciDevice(address: string, pciClass: string, link: string): void {
  write(`devices/pci0/${address}/class`, `${pciClass}\n`);
  mkdirSync(dirname(join(sys, link)), { recursive: true });
  symlinkSync(join(sys, 'devices/pci0', address), join(sys, link));
}

it('names the network functions of a group, and nothing else of it', () => {
  pciDevice('0000:03:00.0', '0x020000', 'kernel/iommu_groups/27/devices/0000:03:00.0');
  pciDevice('0000:03:10.1', '0x020000', 'kernel/iommu_groups/27/devices/0000:03:10.1');
  pciDevice('0000:04:00.0', '0x030000', 'kernel/iommu_groups/27/devices/0000:04:00.0');
  write('devices/pci0/0000:03:10.1/physfn/vendor', '');
  const found = [
    { address: '0000:03:00.0', virtual: false },
    { address: '0000:03:10.1', virtual: true },
  ];
  expect(functionsBehind('27', sys)).toEqual(found);
  expect(functionsBehind('noiommu-27', sys)).toEqual(found);
  expect(functionsBehind('2', sys)).toEqual([]);
});

it('names the function of an iommufd device', () => {
  pciDevice('0000:03:10.2', '0x028000', 'class/vfio-dev/vfio3/device');
  write('class/vfio-dev/vfio3/dev', '511:3\n');
  expect(functionsBehind('vfio3', sys)).toEqual([{ address: '0000:03:10.2', virtual: false }]);
});

it('tells which NICs lend functions', () => {
  write('class/net/pf0/device/sriov_numvfs', '4\n');
  write('class/net/pf1/device/sriov_numvfs', '0\n');
  expect(lenders(['pf0', 'pf1', 'eth0'], sys)).toEqual(['pf0']);
});

it('knows where on the bus a virtual function is', () => {
  pciDevice('0000:03:10.1', '0x020000', 'class/net/pf0/device/virtfn1');
  expect([0, 1].map((number) => addressOfFunction('pf0', number, sys))).toEqual([undefined, '0000:03:10.1']);
});
