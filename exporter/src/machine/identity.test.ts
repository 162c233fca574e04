import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bounded, identify, MAX_NAME, normalUuid } from './identity.js';

const UUID = '0f6a1c3e-2b4d-4e6f-8a9b-0c1d2e3f4a5b';
const commandLine = (...args: string[]): string => args.map((arg) => `${arg}\0`).join('');

describe('identify', () => {
  it.each([
    [
      'QEMU as libvirt starts it',
      ['/usr/bin/qemu-system-x86_64', '-name', 'guest=web-1,debug-threads=on', '-uuid', UUID, '-m', '512'],
      { vmm: 'qemu', name: 'web-1', uuid: UUID },
    ],
    [
      'QEMU as Proxmox VE starts it',
      ['/usr/bin/kvm', '-id', '100', '-name', 'sensor,debug-threads=on', '-smbios', `type=1,uuid=${UUID}`],
      { vmm: 'qemu', name: 'sensor', uuid: UUID },
    ],
    ['QEMU with a plain name', ['qemu-kvm', '-name', 'a b'], { vmm: 'qemu', name: 'a b', uuid: '' }],
    [
      'QEMU with a comma in the name',
      ['qemu', '--name', 'guest=a,,b'],
      { vmm: 'qemu', name: 'a,b', uuid: '' },
    ],
    [
      'QEMU with the name not first',
      ['qemu', '-name', 'process=p,guest=g'],
      { vmm: 'qemu', name: 'g', uuid: '' },
    ],
    ['QEMU without a name', ['qemu-system-x86_64', '-m', '512'], { vmm: 'qemu', name: '', uuid: '' }],
    ['QEMU cut off after -name', ['qemu-system-x86_64', '-name'], { vmm: 'qemu', name: '', uuid: '' }],
    [
      'QEMU whose last name counts',
      ['qemu', '-name', 'first', '-uuid', UUID.toUpperCase(), '-name', 'last'],
      { vmm: 'qemu', name: 'last', uuid: UUID },
    ],
    ['Firecracker', ['/usr/bin/firecracker', '--id', 'fc-7'], { vmm: 'firecracker', name: 'fc-7', uuid: '' }],
    [
      'Firecracker in a jail',
      ['/firecracker-v1.7.0-x86_64', '--id=fc-8', '--start-time-us', '1'],
      { vmm: 'firecracker', name: 'fc-8', uuid: '' },
    ],
    [
      'Cloud Hypervisor',
      [
        'cloud-hypervisor',
        '--api-socket',
        '/run/ch/box.sock',
        '--platform',
        `num_pci_segments=1,uuid=${UUID}`,
      ],
      { vmm: 'cloud-hypervisor', name: 'box', uuid: UUID },
    ],
    [
      'Cloud Hypervisor of Kata',
      ['/opt/kata/bin/cloud-hypervisor', '--api-socket', 'path=/run/vc/vm/4f2a/clh-api.sock'],
      { vmm: 'cloud-hypervisor', name: '4f2a', uuid: '' },
    ],
    ['crosvm', ['crosvm', 'run', '--name', 'arc'], { vmm: 'crosvm', name: 'arc', uuid: '' }],
    [
      'crosvm with a socket',
      ['crosvm', 'run', '-s', '/run/arcvm.sock'],
      { vmm: 'crosvm', name: 'arcvm', uuid: '' },
    ],
    ['another VMM', ['/opt/bin/lkvm', 'run'], { vmm: 'lkvm', name: '', uuid: '' }],
    ['a process without a command line', [], { vmm: 'unknown', name: '', uuid: '' }],
  ])('knows %s', (_what, args, identity) => {
    expect(identify(commandLine(...args), '')).toEqual(identity);
  });

  it.each([
    [
      'libvirt with systemd',
      '0::/machine.slice/machine-qemu\\x2d12\\x2dweb\\x2d1.scope/libvirt/emulator\n',
      'web-1',
    ],
    [
      'libvirt with other letters',
      '0::/machine.slice/machine-qemu\\x2d1\\x2d\\xc3\\xa9t\\xc3\\xa9.scope\n',
      'été',
    ],
    ['libvirt without systemd', '3:cpu:/machine/web-1.libvirt-qemu/vcpu0\n', 'web-1'],
    [
      'a pod under systemd',
      '0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod0f6a1c3e_2b4d_4e6f_8a9b_0c1d2e3f4a5b.slice/x\n',
      `pod-${UUID}`,
    ],
    ['a pod under cgroupfs', `4:memory:/kubepods/burstable/pod${UUID}/c0ffee\n`, `pod-${UUID}`],
    ['a user session', '0::/user.slice/user-1000.slice/session-2.scope\n', ''],
  ])('finds the name in the control group of %s', (_what, cgroup, name) => {
    expect(identify(commandLine('qemu-system-x86_64'), cgroup).name).toBe(name);
  });

  it('prefers the name of the command line', () => {
    expect(identify(commandLine('qemu', '-name', 'a'), '0::/machine/b.libvirt-qemu\n').name).toBe('a');
  });

  it('keeps control characters of a name', () => {
    expect(identify(commandLine('qemu', '-name', 'a\n"\t\x1b[31m'), '').name).toBe('a\n"\t\x1b[31m');
  });

  const word = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '-name',
      '--name',
      '-uuid',
      '-smbios',
      '--id',
      '--id=',
      '--api-socket',
      '--platform',
      '-s',
      ',',
    ),
  );
  const program = fc.constantFrom('qemu', 'kvm', 'firecracker', 'cloud-hypervisor', 'crosvm', '', '/', 'x');

  it('never throws and never gives a long name', () => {
    fc.assert(
      fc.property(program, fc.array(word), fc.string({ unit: 'binary' }), (first, args, cgroup) => {
        const { name, uuid, vmm } = identify(commandLine(first, ...args), cgroup);
        expect([...name].length).toBeLessThanOrEqual(MAX_NAME);
        expect(vmm).not.toBe('');
        expect(uuid).toMatch(/^$|^[0-9a-f-]{36}$/);
      }),
    );
  });

  it('gives back any name that QEMU was given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), (name) => {
        fc.pre(!name.includes('\0'));
        const argument = `guest=${name.replaceAll(',', ',,')},debug-threads=on`;
        expect(identify(commandLine('qemu', '-name', argument), '').name).toBe(bounded(name));
      }),
    );
  });
});

describe('bounded', () => {
  it('cuts between characters', () => {
    expect(bounded('😀'.repeat(200))).toBe('😀'.repeat(128));
    expect(bounded('short')).toBe('short');
  });
});

describe('normalUuid', () => {
  it.each([
    [` ${UUID.toUpperCase()}\n`, UUID],
    ['00000000-0000-0000-0000-000000000000', ''],
    ['Not Settable', ''],
    ['', ''],
  ])('makes of %j', (text, uuid) => {
    expect(normalUuid(text)).toBe(uuid);
  });
});
