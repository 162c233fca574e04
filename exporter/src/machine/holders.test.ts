import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { holdersFromProc, interfaceOfTun } from './holders.js';

let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'trapline-holders-'))));
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function open(pid: number, fd: number, target: string, fdinfo = ''): void {
  write(`proc/${pid}/fdinfo/${fd}`, `pos:\t0\nflags:\t0100002\nmnt_id:\t24\n${fdinfo}`);
  mkdirSync(join(root, `proc/${pid}/fd`), { recursive: true });
  symlinkSync(target, join(root, `proc/${pid}/fd/${fd}`));
}

describe('holdersFromProc', () => {
  it('finds VMs, taps, macvtaps, vhost and vfio devices, each once', () => {
    open(90, 3, '/dev/kvm');
    open(90, 8, 'anon_inode:kvm-vm');
    open(90, 9, 'anon_inode:kvm-vcpu:0');
    open(90, 10, '/dev/net/tun', 'iff:\ttap0\n');
    open(90, 11, '/dev/net/tun', 'iff:\ttap0\n'); // a second queue
    open(90, 12, '/dev/net/tun', 'iff:\t\n'); // not attached yet
    open(90, 13, '/dev/vhost-net');
    open(90, 14, '/dev/vfio/vfio'); // says nothing of a device
    open(90, 15, '/dev/vfio/27');
    open(90, 16, '/dev/vfio/noiommu-5');
    open(90, 17, '/dev/vfio/devices/vfio3');
    open(9, 4, '/dev/tap12');
    open(9, 5, '/dev/tap13');
    write('sys/class/net/macvtap0/ifindex', '12\n');
    mkdirSync(join(root, 'proc/90/ns'));
    symlinkSync('net:[4026531840]', join(root, 'proc/90/ns/net'));
    write('proc/self/fd/0', '');
    write('proc/91/stat', ''); // a process whose files may not be read
    expect(holdersFromProc({ proc: join(root, 'proc'), sys: join(root, 'sys') })).toEqual([
      { pid: 9, kind: 'macvtap', device: 'macvtap0' },
      { pid: 9, kind: 'macvtap' },
      { pid: 90, kind: 'kvm-vm' },
      { pid: 90, kind: 'tap', device: 'tap0', netns: 4026531840 },
      { pid: 90, kind: 'tap', netns: 4026531840 },
      { pid: 90, kind: 'vhost-net' },
      { pid: 90, kind: 'vfio', device: '27' },
      { pid: 90, kind: 'vfio', device: 'noiommu-5' },
      { pid: 90, kind: 'vfio', device: 'vfio3' },
    ]);
  });

  it('is empty where procfs is not', () => {
    expect(holdersFromProc({ proc: join(root, 'none'), sys: join(root, 'none') })).toEqual([]);
  });
});

describe('interfaceOfTun', () => {
  it.each([
    ['pos:\t0\niff:\ttap0\n', 'tap0'],
    ['iff:\t😀"x\n', '😀"x'],
    ['iff:\t\n', undefined],
    ['', undefined],
  ])('reads %j', (text, device) => {
    expect(interfaceOfTun(text)).toBe(device);
  });
});
