import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Devices, kindOf } from './devices.js';

let root: string;
let sys: string;
let proc: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'trapline-devices-'));
  sys = join(root, 'sys');
  proc = join(root, 'proc');
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function device(name: string, bus: string): void {
  const real = join(root, 'devices', name);
  mkdirSync(join(root, 'bus', bus), { recursive: true });
  mkdirSync(real, { recursive: true });
  mkdirSync(join(sys, 'class/net', name), { recursive: true });
  symlinkSync(join(root, 'bus', bus), join(real, 'subsystem'));
  symlinkSync(real, join(sys, 'class/net', name, 'device'));
}

function counters(rows: Record<string, number>): void {
  const lines = Object.entries(rows).map(
    ([name, n]) => `${name}: ${n} ${n} 0 0 0 0 0 0 ${n} ${n} 0 0 0 0 0 0\n`,
  );
  write('proc/net/dev', lines.join(''));
}

const kinds = (devices: Devices): Record<string, string> =>
  Object.fromEntries(devices.read().map(({ name, kind }) => [name, kind]));

describe('kindOf', () => {
  it('tells kinds apart by what sysfs has of them', () => {
    device('eth0', 'pci');
    device('ens3', 'virtio');
    write('sys/class/net/br0/bridge/bridge_id', '');
    write('sys/class/net/tap0/tun_flags', '0x1802\n');
    write('sys/class/net/tun0/tun_flags', '0x1801\n');
    write('sys/class/net/macvtap0/macvtap/tap7/dev', '');
    write('sys/class/net/lo/ifindex', '1\n');
    const names = ['eth0', 'ens3', 'br0', 'tap0', 'tun0', 'macvtap0', 'lo', 'gone'];
    expect(names.map((name) => kindOf(name, sys))).toEqual([
      ...['nic', 'virtio', 'bridge', 'tap', 'other', 'macvtap', 'other', 'other'],
    ]);
  });

  it('knows the loopback of this machine', () => {
    expect(kindOf('lo')).toBe('other');
  });
});

describe('Devices', () => {
  it('remembers kinds and looks again when a device is renamed', () => {
    write('sys/class/net/tap0/tun_flags', '0x1802\n');
    counters({ tap0: 5 });
    const devices = new Devices({ proc, sys });
    expect(kinds(devices)).toEqual({ tap0: 'tap' });
    renameSync(join(sys, 'class/net/tap0'), join(sys, 'class/net/vnet0'));
    counters({ vnet0: 6 });
    expect(kinds(devices)).toEqual({ vnet0: 'tap' });
  });

  it('looks again when a device goes and another one takes its name', () => {
    write('sys/class/net/tap0/tun_flags', '0x1802\n');
    counters({ tap0: 5 });
    const devices = new Devices({ proc, sys });
    expect(kinds(devices)).toEqual({ tap0: 'tap' });
    rmSync(join(sys, 'class/net/tap0'), { recursive: true });
    write('sys/class/net/tap0/bridge/bridge_id', '');
    counters({ tap0: 0 });
    expect(kinds(devices)).toEqual({ tap0: 'bridge' });
  });

  it('sees devices come and go', () => {
    write('sys/class/net/tap0/tun_flags', '0x1802\n');
    write('sys/class/net/br0/bridge/bridge_id', '');
    const devices = new Devices({ proc, sys });
    counters({ tap0: 1, br0: 1 });
    expect(kinds(devices)).toEqual({ tap0: 'tap', br0: 'bridge' });
    counters({ br0: 1 });
    expect(kinds(devices)).toEqual({ br0: 'bridge' });
  });

  it('says so when there is nothing to read', () => {
    expect(() => new Devices({ proc, sys }).read()).toThrow(`${proc}/net/dev cannot be read.`);
  });

  it('reads this machine', () => {
    expect(kinds(new Devices())).toMatchObject({ lo: 'other' });
  });
});
