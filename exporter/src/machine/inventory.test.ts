import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Inventory } from './inventory.js';
import type { Holder } from './types.js';

let proc: string;
beforeEach(() => void (proc = mkdtempSync(join(tmpdir(), 'trapline-proc-'))));
afterEach(() => rmSync(proc, { recursive: true }));

function process_(
  pid: number,
  startTicks: number,
  args: readonly string[],
  cgroup = '0::/\n',
  parent = 1,
): void {
  const directory = join(proc, String(pid));
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'cmdline'), args.map((arg) => `${arg}\0`).join(''));
  writeFileSync(join(directory, 'cgroup'), cgroup);
  writeFileSync(
    join(directory, 'stat'),
    `${pid} (q (x) y) S ${parent} ${'0 '.repeat(17)}${startTicks} 0 0\n`,
  );
}

const qemu = (name: string): string[] => ['qemu-system-x86_64', '-name', `guest=${name}`];
const holdsVm = (pid: number): Holder => ({ pid, kind: 'kvm-vm' });

/** A process that another one started. */
const child = (parent: number, pid: number, args: readonly string[]): void =>
  process_(pid, pid, args, undefined, parent);

const names = (inventory: Inventory): string[] => [...inventory.vms.values()].map((vm) => vm.name);

describe('Inventory', () => {
  it('describes a VM and finds it by pid', () => {
    process_(70, 1234, qemu('web'));
    const inventory = new Inventory(proc);
    inventory.refresh([holdsVm(70), { pid: 70, kind: 'tap' }, { pid: 71, kind: 'vhost-net' }]);
    const vm = {
      key: '70:1234',
      pid: 70,
      startTicks: 1234,
      name: 'web',
      uuid: '',
      vmm: 'qemu',
      vhostUser: [],
    };
    expect([...inventory.vms]).toEqual([['70:1234', vm]]);
    expect(inventory.byPid(70)).toEqual(vm);
    expect(inventory.byPid(71)).toBeUndefined();
  });

  it('tells which VM holds a file of /dev/vfio, and which is held by none', () => {
    process_(70, 1, [...qemu('web'), '-netdev', 'vhost-user,id=n0,chardev=c0']);
    process_(71, 1, ['ovs-vswitchd']);
    const inventory = new Inventory(proc);
    inventory.refresh([
      { pid: 71, kind: 'vfio', device: '5' },
      { pid: 70, kind: 'vfio', device: '27' },
      { pid: 70, kind: 'vfio' },
      holdsVm(70),
    ]);
    const vm = inventory.byPid(70);
    expect(vm?.vhostUser).toEqual(['n0']);
    expect([...inventory.vfio]).toEqual([
      ['5', undefined],
      ['27', vm],
    ]);
    inventory.refresh([holdsVm(70)]);
    expect(inventory.vfio.size).toBe(0);
  });

  it('calls a VM without a name by its pid', () => {
    process_(70, 1, ['a.out']);
    const inventory = new Inventory(proc);
    inventory.refresh([holdsVm(70)]);
    expect(names(inventory)).toEqual(['pid-70']);
  });

  it('knows the VM that a process runs or serves', () => {
    process_(70, 5, ['crosvm', '--name', 'web']);
    child(70, 71, ['crosvm', '--name', 'web']);
    child(71, 72, ['helper']);
    child(1, 73, ['openvpn']);
    const inventory = new Inventory(proc);
    inventory.refresh([
      { ...holdsVm(70), startTicks: 5 },
      { pid: 72, kind: 'vfio', device: '27' },
    ]);
    const vm = inventory.byPid(70);
    expect(vm?.name).toBe('web');
    for (const pid of [70, 71, 72]) expect(inventory.ofProcess({ pid })).toBe(vm);
    expect(inventory.ofProcess({ pid: 70, startTicks: 5 })).toBe(vm);
    expect(inventory.ofProcess({ pid: 70, startTicks: 6 })).toBeUndefined();
    for (const pid of [1, 73, 74]) expect(inventory.ofProcess({ pid })).toBeUndefined();
    expect(inventory.vfio.get('27')).toBe(vm);
  });

  it('takes a child that inherited the file of a VM for no second one, but a VM that a VM started for one', () => {
    process_(70, 70, qemu('a'));
    child(70, 71, qemu('a'));
    child(71, 72, qemu('a'));
    child(72, 73, qemu('b'));
    const inventory = new Inventory(proc);
    inventory.refresh([70, 71, 72, 73].map(holdsVm));
    expect([...inventory.vms.keys()]).toEqual(['70:70', '73:73']);
    inventory.refresh([70, 71].map((pid) => ({ ...holdsVm(pid), startTicks: pid })));
    expect([...inventory.vms.keys()]).toEqual(['70:70', '71:71']);
  });

  it('knows a process that took over a pid for another', () => {
    process_(70, 1, qemu('old'));
    const inventory = new Inventory(proc);
    inventory.refresh([holdsVm(70)]);
    process_(70, 2, qemu('new'));
    inventory.refresh([holdsVm(70)]);
    expect([...inventory.vms.keys()]).toEqual(['70:2']);
    expect(inventory.byPid(70)?.name).toBe('new');
  });

  it('forgets a VM whose process is gone although it was reported', () => {
    process_(70, 1, qemu('a'));
    const inventory = new Inventory(proc);
    inventory.refresh([holdsVm(70), holdsVm(71)]);
    expect(names(inventory)).toEqual(['a']);
    rmSync(join(proc, '70'), { recursive: true });
    inventory.refresh([holdsVm(70)]);
    expect(names(inventory)).toEqual([]);
    expect(inventory.byPid(70)).toBeUndefined();
  });

  it('gives a name once, and leaves it with its VM for life', () => {
    for (const pid of [70, 71, 72]) process_(pid, pid, qemu('twin'));
    const inventory = new Inventory(proc);
    inventory.refresh([holdsVm(71)]);
    inventory.refresh([holdsVm(70), holdsVm(71)]);
    expect(inventory.byPid(71)?.name).toBe('twin');
    expect(inventory.byPid(70)?.name).toBe('twin#70');
    inventory.refresh([holdsVm(70)]);
    expect(inventory.byPid(70)?.name).toBe('twin#70');
    inventory.refresh([holdsVm(70), holdsVm(72)]);
    expect(inventory.byPid(72)?.name).toBe('twin');
  });

  it('knows what is counted for a VM although its files are not seen, but not another process under its pid', () => {
    process_(70, 1, qemu('a'));
    process_(71, 2, ['bash']);
    const inventory = new Inventory(proc);
    inventory.refresh(
      [],
      new Map([
        ['70:1', ''],
        ['71:1', ''],
      ]),
    );
    expect([...inventory.vms.keys()]).toEqual(['70:1']);
    expect(inventory.nameOf('71:1')).toBeUndefined();
  });

  it('is not taken in by a process that got the pid of one that held a VM', () => {
    process_(70, 2, ['bash']);
    const inventory = new Inventory(proc);
    inventory.refresh([{ ...holdsVm(70), startTicks: 1 }]);
    expect(inventory.vms.size).toBe(0);
    inventory.refresh([{ ...holdsVm(70), startTicks: 2 }]);
    expect(names(inventory)).toEqual(['pid-70']);
  });

  it('leaves a VM that says nothing any more until it is told of it', () => {
    process_(70, 1, []);
    const inventory = new Inventory(proc);
    inventory.refresh([holdsVm(70)]);
    expect(inventory.vms.size).toBe(0);
    inventory.refresh([holdsVm(70)], new Map([['70:1', 'a.out\0']]));
    expect(names(inventory)).toEqual(['pid-70']);
  });

  it('names a VM that ended before it was looked for by what was kept of its command line', () => {
    const inventory = new Inventory(proc);
    const command = `${qemu('a"b\nc{},,😀').join('\0')}\0`;
    inventory.refresh([], new Map([['70:1', command]]));
    expect(inventory.nameOf('70:1')).toBe('a"b\nc{},😀');
    expect(inventory.vms.size).toBe(0);
    inventory.refresh([]);
    expect(inventory.nameOf('70:1')).toBeUndefined();
  });

  it('names a VM that is not waited for yet by the same', () => {
    process_(70, 1, []);
    const inventory = new Inventory(proc);
    inventory.refresh([], new Map([['70:1', `${qemu('a').join('\0')}\0`]]));
    expect(names(inventory)).toEqual(['a']);
  });

  it('leaves an ended VM the name it had as long as it is counted', () => {
    for (const pid of [70, 71]) process_(pid, 1, qemu('twin'));
    const counted = new Map([['71:1', `${qemu('twin').join('\0')}\0`]]);
    const inventory = new Inventory(proc);
    inventory.refresh([holdsVm(70), holdsVm(71)], counted);
    rmSync(join(proc, '71'), { recursive: true });
    for (let look = 0; look < 2; look++) {
      inventory.refresh([holdsVm(70)], counted);
      expect(inventory.nameOf('71:1')).toBe('twin#71');
    }
    inventory.refresh([holdsVm(70)]);
    expect(inventory.nameOf('71:1')).toBeUndefined();
  });

  it('is not fooled by a VM that bears the name another would get', () => {
    process_(70, 1, qemu('twin'));
    process_(71, 1, qemu('twin#72'));
    process_(72, 1, qemu('twin'));
    const inventory = new Inventory(proc);
    inventory.refresh([70, 71, 72].map(holdsVm));
    expect(names(inventory)).toEqual(['twin', 'twin#72', 'twin#72#72']);
  });

  it('keeps names apart that are alike in their first 128 characters', () => {
    process_(70, 1, qemu('x'.repeat(300)));
    process_(71, 1, qemu('x'.repeat(301)));
    const inventory = new Inventory(proc);
    inventory.refresh([holdsVm(70), holdsVm(71)]);
    expect(names(inventory)).toEqual(['x'.repeat(128), `${'x'.repeat(125)}#71`]);
  });
});
