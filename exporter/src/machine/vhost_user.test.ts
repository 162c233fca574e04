import { expect, it } from 'vitest';
import { vhostUserDevices } from './vhost_user.js';

const devices = (...args: readonly string[]): string[] => vhostUserDevices([...args, ''].join('\0'));

it.each([
  [['qemu', '-netdev', 'vhost-user,id=n0,chardev=c0'], ['n0']],
  [['qemu', '-netdev', 'type=vhost-user,chardev=c0,id=n0,queues=4'], ['n0']],
  [['qemu', '--netdev', 'vhost-user,chardev=c0'], ['']],
  [['qemu', '-netdev', '{"type":"vhost-user","chardev":"c0","id":"hostnet0"}'], ['hostnet0']],
  [['qemu', '-netdev', '{"type":"vhost-user","id":7}'], ['']],
  [['qemu', '-netdev', '{"type":"vhost-user"'], []],
  [['qemu', '-netdev', '{"type":"tap","id":"vhost-user"}'], []],
  [['qemu', '-netdev', 'tap,id=vhost-user,vhost=on'], []],
  [['qemu', '-chardev', 'socket,id=vhost-user,path=/x'], []],
  [['qemu', '-name', 'vhost-user,id=n0'], []],
  [
    [
      'cloud-hypervisor',
      '--net',
      'tap=t0,id=a',
      'vhost_user=true,socket=/x,id=b',
      '--cpus',
      'vhost_user=on,id=c',
    ],
    ['b'],
  ],
  [[], []],
])('in %j finds %j', (args, found) => {
  expect(devices(...args)).toEqual(found);
});

it('finds each of several', () => {
  expect(
    devices('qemu', '-netdev', 'vhost-user,id=a', '-netdev', 'user,id=b', '-netdev', 'vhost-user,id=c'),
  ).toEqual(['a', 'c']);
});
