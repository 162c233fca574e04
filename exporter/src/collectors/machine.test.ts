import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Recorder } from '../exposition/recorder.testing.js';
import { Inventory, type Platform } from '../machine/index.js';
import { MachineCollector } from './machine.js';

const UUID = '0f6a1c3e-2b4d-4e6f-8a9b-0c1d2e3f4a5b';

function labels(platform: Platform, inventory: Inventory): (readonly string[])[] {
  const collector = new MachineCollector(platform, inventory);
  const recorder = new Recorder(collector.metrics);
  collector.collect(recorder);
  return recorder.said.map(({ labelValues }) => labelValues);
}

it('names the machine and its VMs', () => {
  const proc = mkdtempSync(join(tmpdir(), 'trapline-machine-'));
  mkdirSync(join(proc, '70'));
  writeFileSync(join(proc, '70/stat'), `70 (qemu) S ${'0 '.repeat(18)}55 0\n`);
  writeFileSync(join(proc, '70/cmdline'), `qemu-system-x86_64\0-name\0web\0-uuid\0${UUID}\0`);
  const inventory = new Inventory(proc);
  const platform = { guest: true, host: false, uuid: '' };
  expect(labels(platform, inventory)).toEqual([['guest', '']]);
  inventory.refresh([{ pid: 70, kind: 'kvm-vm' }]);
  expect(labels(platform, inventory)).toEqual([
    ['both', ''],
    ['web', UUID, 'qemu', '70'],
  ]);
  rmSync(proc, { recursive: true });
});
