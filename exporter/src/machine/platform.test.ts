import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasHypervisorFlag, isVirtualHardware, readPlatform, roleOf } from './platform.js';

let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'trapline-platform-'))));
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}
const platform = () =>
  readPlatform({ proc: join(root, 'proc'), sys: join(root, 'sys'), dev: join(root, 'dev') });

describe('readPlatform', () => {
  it('knows a host on bare metal', () => {
    write('proc/cpuinfo', 'flags\t\t: fpu vmx\n');
    write('sys/class/dmi/id/sys_vendor', 'Dell Inc.\n');
    write('dev/kvm', '');
    expect(platform()).toEqual({ guest: false, host: true, uuid: '' });
  });

  it('knows a guest, and its UUID as the host writes it', () => {
    write('proc/cpuinfo', 'processor\t: 0\nflags\t\t: fpu hypervisor lahf_lm\n');
    write('sys/class/dmi/id/product_uuid', '0F6A1C3E-2B4D-4E6F-8A9B-0C1D2E3F4A5B\n');
    expect(platform()).toEqual({ guest: true, host: false, uuid: '0f6a1c3e-2b4d-4e6f-8a9b-0c1d2e3f4a5b' });
  });

  it('knows a guest by its firmware where the processor does not tell', () => {
    write('proc/cpuinfo', 'processor\t: 0\nFeatures\t: fp asimd\n');
    write('sys/class/dmi/id/sys_vendor', 'QEMU\n');
    expect(platform().guest).toBe(true);
  });

  it('can be asked of a machine that says nothing', () => {
    expect(platform()).toEqual({ guest: false, host: false, uuid: '' });
  });

  it('reads this machine', () => {
    const { uuid } = readPlatform();
    expect(uuid).toMatch(/^$|^[0-9a-f-]{36}$/);
  });
});

it.each([
  [true, true, false, 'both'],
  [true, false, true, 'both'],
  [true, false, false, 'guest'],
  [false, true, false, 'host'],
  [false, false, true, 'host'],
  [false, false, false, 'bare_metal'],
])('guest %s, /dev/kvm %s, VMs %s: %s', (guest, host, runsVms, role) => {
  expect(roleOf({ guest, host, uuid: '' }, runsVms)).toBe(role);
});

it('believes the user', () => {
  expect(roleOf({ guest: true, host: true, role: 'guest', uuid: '' }, true)).toBe('guest');
});

it('looks for the flag as a word', () => {
  expect(hasHypervisorFlag('flags : nohypervisor\n')).toBe(false);
  expect(hasHypervisorFlag('bugs : hypervisor\n')).toBe(false);
});

it('looks at vendor and product', () => {
  expect(isVirtualHardware('Microsoft Corporation', 'Virtual Machine')).toBe(true);
  expect(isVirtualHardware('Microsoft Corporation', 'Surface')).toBe(false);
});
