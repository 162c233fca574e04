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
const commandOf = (args: readonly string[]): string => args.map((arg) => `${arg}\0`).join('');
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

  describe('of two VMs of one name', () => {
    const UUIDS = ['0f6a1c3e-2b4d-4e6f-8a9b-0c1d2e3f4a5b', '7d3b9e21-2b4d-4e6f-8a9b-0c1d2e3f4a5b'] as const;
    /** As Proxmox VE starts it. */
    const proxmox = (id: number, uuid: string): string[] => [
      ...['/usr/bin/kvm', '-id', `${id}`, '-name', 'twin,debug-threads=on', '-smbios', `type=1,uuid=${uuid}`],
    ];
    const libvirt = (uuid: string): string[] => [...qemu('twin'), '-uuid', uuid];
    const namesOf = (inventory: Inventory, ...pids: number[]) =>
      pids.map((pid) => inventory.byPid(pid)?.name);

    it.each([
      ['the VMID of Proxmox VE', [101, 102].map((id, i) => proxmox(id, UUIDS[i]!)), ['twin#101', 'twin#102']],
      [
        'the VMID where a clone kept the UUID',
        [101, 102].map((id) => proxmox(id, UUIDS[0])),
        ['twin#101', 'twin#102'],
      ],
      ['the UUID', UUIDS.map(libvirt), ['twin#0f6a1c3e', 'twin#7d3b9e21']],
      [
        'the command line',
        ['a', 'b'].map((disk) => [...qemu('twin'), disk]),
        ['twin#5a24de6a', 'twin#fc35d42f'],
      ],
    ])('tells each by %s, whichever started first', (_what, commands, expected) => {
      for (const order of [
        [0, 1],
        [1, 0],
      ]) {
        order.forEach((i, start) => process_(70 + i, 500 + start, commands[i]!));
        const inventory = new Inventory(proc);
        inventory.refresh(order.map((i) => holdsVm(70 + i)));
        expect(namesOf(inventory, 70, 71)).toEqual(expected);
      }
    });

    it.each([
      [0, 1],
      [1, 0],
    ])('changes no running series when the other one starts: VM %i first', (first, second) => {
      const commands = UUIDS.map((uuid, i) => proxmox(101 + i, uuid));
      const inventory = new Inventory(proc);
      process_(70, 1, commands[first]!);
      inventory.refresh([holdsVm(70)]);
      process_(71, 2, commands[second]!);
      inventory.refresh([70, 71].map(holdsVm));
      expect(namesOf(inventory, 70, 71)).toEqual(['twin', `twin#${101 + second}`]);

      // Once it starts again, it has its mark too, and so has the other one whatever happens.
      process_(72, 3, commands[first]!);
      inventory.refresh([71, 72].map(holdsVm));
      expect(namesOf(inventory, 71, 72)).toEqual([`twin#${101 + second}`, `twin#${101 + first}`]);
      process_(73, 4, commands[second]!);
      inventory.refresh([72, 73].map(holdsVm));
      expect(namesOf(inventory, 72, 73)).toEqual([`twin#${101 + first}`, `twin#${101 + second}`]);
      inventory.refresh([holdsVm(73)]);
      expect(namesOf(inventory, 73)).toEqual([`twin#${101 + second}`]);
      inventory.refresh([]);
      process_(74, 5, commands[first]!);
      inventory.refresh([holdsVm(74)]);
      expect(namesOf(inventory, 74)).toEqual([`twin#${101 + first}`]);
    });

    it('takes a process that ends and its VM that has started again for one', () => {
      process_(70, 1, libvirt(UUIDS[0]));
      const inventory = new Inventory(proc);
      inventory.refresh([holdsVm(70)]);
      process_(70, 1, []);
      process_(71, 2, libvirt(UUIDS[0]));
      inventory.refresh([70, 71].map(holdsVm));
      expect(namesOf(inventory, 70, 71)).toEqual(['twin', 'twin']);
    });

    it('has only the process ids where nothing else differs', () => {
      for (const pid of [70, 71]) process_(pid, pid, libvirt(UUIDS[0]));
      const inventory = new Inventory(proc);
      inventory.refresh([70, 71].map(holdsVm));
      const [name] = namesOf(inventory, 70);
      expect(name).toMatch(/^twin#0f6a1c3e#[0-9a-f]{8}#70$/);
      expect(namesOf(inventory, 71)).toEqual([name!.replace(/70$/, '71')]);
    });

    it('names one that ended before it was looked for like the others', () => {
      for (const [i, uuid] of UUIDS.entries()) process_(70 + i, 1, libvirt(uuid));
      const inventory = new Inventory(proc);
      inventory.refresh([70, 71].map(holdsVm));
      inventory.refresh([], new Map([['72:1', commandOf(proxmox(103, UUIDS[0]))]]));
      expect(inventory.nameOf('72:1')).toBe('twin#103');
      inventory.refresh([], new Map([['73:1', commandOf(qemu('twin'))]]));
      expect(inventory.nameOf('73:1')).toBe('twin');
    });
  });

  it('calls a VM that has a UUID and no name by that', () => {
    const uuid = '0f6a1c3e-2b4d-4e6f-8a9b-0c1d2e3f4a5b';
    process_(70, 1, ['qemu-system-x86_64', '-readconfig', 'vm.conf', '-uuid', uuid]);
    const inventory = new Inventory(proc);
    inventory.refresh([holdsVm(70)]);
    expect(names(inventory)).toEqual([uuid]);
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
    for (const pid of [70, 71]) process_(pid, 1, [...qemu('twin'), '-id', `${pid}0`]);
    const counted = new Map([['71:1', commandOf(qemu('twin'))]]);
    const inventory = new Inventory(proc);
    inventory.refresh([holdsVm(70), holdsVm(71)], counted);
    rmSync(join(proc, '71'), { recursive: true });
    for (let look = 0; look < 2; look++) {
      inventory.refresh([holdsVm(70)], counted);
      expect(inventory.nameOf('71:1')).toBe('twin#710');
    }
    inventory.refresh([holdsVm(70)]);
    expect(inventory.nameOf('71:1')).toBeUndefined();
  });

  it('is not fooled by a VM that bears the name another would get', () => {
    process_(70, 1, [...qemu('twin'), '-id', '1']);
    process_(71, 1, [...qemu('twin#2'), '-id', '3']);
    process_(72, 1, [...qemu('twin'), '-id', '2', '-uuid', '0f6a1c3e-2b4d-4e6f-8a9b-0c1d2e3f4a5b']);
    const inventory = new Inventory(proc);
    inventory.refresh([70, 71, 72].map(holdsVm));
    expect(names(inventory)).toEqual(['twin#1', 'twin#2#3', 'twin#2#0f6a1c3e']);
  });

  it('keeps names apart that are alike in their first 128 characters', () => {
    process_(70, 1, [...qemu('x'.repeat(300)), '-id', '1']);
    process_(71, 1, [...qemu('x'.repeat(301)), '-id', '2']);
    const inventory = new Inventory(proc);
    inventory.refresh([holdsVm(70), holdsVm(71)]);
    expect(names(inventory)).toEqual([`${'x'.repeat(126)}#1`, `${'x'.repeat(126)}#2`]);
  });
});
