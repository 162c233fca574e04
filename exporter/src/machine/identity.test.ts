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
      { vmm: 'qemu', name: 'sensor', uuid: UUID, id: '100' },
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
    expect(identify(commandLine(...args), '')).toEqual({ id: '', ...identity });
  });

  const SANDBOX = 'b87430f9f1f787676c46a31e21afa658513903dda5b6d02e41e48131b8010329';
  it.each([
    [
      'Proxmox VE 8',
      '/usr/bin/kvm -id 107 -name web,debug-threads=on -no-shutdown' +
        ' -chardev socket,id=qmp,path=/var/run/qemu-server/107.qmp,server=on,wait=off -mon chardev=qmp,mode=control' +
        ` -pidfile /var/run/qemu-server/107.pid -daemonize -smbios type=1,uuid=${UUID} -smp 2,sockets=1,cores=2,maxcpus=2` +
        ' -netdev type=tap,id=net0,ifname=tap107i0,script=/usr/libexec/qemu-server/pve-bridge,vhost=on',
      { vmm: 'qemu', name: 'web', uuid: UUID, id: '107' },
    ],
    [
      'Proxmox VE before 7, which put the UUID first',
      `/usr/bin/kvm -id 108 -daemonize -smbios type=1,uuid=${UUID} -name Win2008x64 -nodefaults -vga vmware`,
      { vmm: 'qemu', name: 'Win2008x64', uuid: UUID, id: '108' },
    ],
    [
      'libvirt on Debian',
      `/usr/bin/qemu-system-x86_64 -name guest=sensor,debug-threads=on -S -object {"qom-type":"secret","id":"masterKey0"} -uuid ${UUID}`,
      { vmm: 'qemu', name: 'sensor', uuid: UUID },
    ],
    [
      'OpenStack Nova',
      `/usr/libexec/qemu-kvm -name guest=instance-0000a1b2,debug-threads=on -S -uuid ${UUID}` +
        ` -smbios type=1,manufacturer=RDO,product=OpenStack,serial=${UUID},uuid=${UUID},family=VM`,
      { vmm: 'qemu', name: 'instance-0000a1b2', uuid: UUID },
    ],
    [
      'KubeVirt',
      `/usr/libexec/qemu-kvm -name guest=default_testvm-2,debug-threads=on -S -smp 1 -uuid ${UUID}` +
        ` -smbios type=1,manufacturer=KubeVirt,product=None,uuid=${UUID},family=KubeVirt`,
      { vmm: 'qemu', name: 'default_testvm-2', uuid: UUID },
    ],
    [
      'Incus and LXD',
      `/opt/incus/bin/qemu-system-x86_64 -S -name web -uuid ${UUID} -daemonize -cpu host,hv_passthrough -nographic` +
        ' -readconfig /run/incus/customer_web/qemu.conf -smbios type=2,manufacturer=LinuxContainers,product=Incus',
      { vmm: 'qemu', name: 'web', uuid: UUID },
    ],
    [
      'Kata Containers with QEMU',
      `/opt/kata/bin/qemu-system-x86_64 -name sandbox-${SANDBOX},debug-threads=on -uuid ${UUID} -machine q35,accel=kvm`,
      { vmm: 'qemu', name: `sandbox-${SANDBOX}`, uuid: UUID },
    ],
    [
      'Ganeti',
      '/usr/bin/kvm -name inst1.example.com -m 512 -pidfile /var/run/ganeti/kvm-hypervisor/pid/inst1.example.com',
      { vmm: 'qemu', name: 'inst1.example.com', uuid: '' },
    ],
    [
      'QEMU that names its process too',
      'qemu-system-x86_64 -name web,process=qemu-web,debug-threads=on',
      { vmm: 'qemu', name: 'web', uuid: '' },
    ],
    [
      'QEMU whose name is in a file',
      `qemu-system-x86_64 -readconfig /etc/vm.conf -uuid ${UUID}`,
      { vmm: 'qemu', name: '', uuid: UUID },
    ],
    [
      'the jailer of Firecracker',
      '/firecracker --id 551e7604-e35c-42b3-b825-416853441234 --start-time-us 42 --start-time-cpu-us 7 --parent-cpu-time-us 9',
      { vmm: 'firecracker', name: '551e7604-e35c-42b3-b825-416853441234', uuid: '' },
    ],
    [
      'Firecracker without an id',
      'firecracker --api-sock /run/fc/web/firecracker.socket --config-file vm.json',
      { vmm: 'firecracker', name: 'web', uuid: '' },
    ],
    [
      'Firecracker as its guide starts it',
      'firecracker --api-sock /tmp/firecracker.socket',
      { vmm: 'firecracker', name: '', uuid: '' },
    ],
    [
      'Cloud Hypervisor with a path',
      'cloud-hypervisor --api-socket path=/run/x/web.sock --net tap=t0',
      { vmm: 'cloud-hypervisor', name: 'web', uuid: '' },
    ],
    [
      'Cloud Hypervisor in a directory of its own',
      'cloud-hypervisor --api-socket /run/ch/web/api.sock',
      { vmm: 'cloud-hypervisor', name: 'web', uuid: '' },
    ],
    [
      'Cloud Hypervisor of Spectrum',
      'cloud-hypervisor --api-socket path=/run/service/vmm/instance/web/env/cloud-hypervisor.sock',
      { vmm: 'cloud-hypervisor', name: 'web', uuid: '' },
    ],
    [
      'Cloud Hypervisor in a directory of everybody',
      'cloud-hypervisor --api-socket path=/tmp/cloud-hypervisor.sock',
      { vmm: 'cloud-hypervisor', name: '', uuid: '' },
    ],
    [
      'Cloud Hypervisor in its own run directory',
      'cloud-hypervisor --api-socket path=/run/cloud-hypervisor/api.sock',
      { vmm: 'cloud-hypervisor', name: '', uuid: '' },
    ],
    [
      'Cloud Hypervisor of Kata, which opens the socket itself',
      'cloud-hypervisor --api-socket fd=3 --vsock cid=3,socket=/run/vc/vm/4f2a/clh.sock',
      { vmm: 'cloud-hypervisor', name: '4f2a', uuid: '' },
    ],
    [
      'crosvm with a control socket',
      'crosvm run --socket /run/vms/web/crosvm.sock',
      { vmm: 'crosvm', name: 'web', uuid: '' },
    ],
    ['kvmtool', '/usr/bin/lkvm run --name web -k bzImage', { vmm: 'lkvm', name: 'web', uuid: '' }],
    ['StratoVirt', `stratovirt -name web -uuid ${UUID}`, { vmm: 'stratovirt', name: 'web', uuid: UUID }],
  ])('names the VM of %s', (_what, command, identity) => {
    expect(identify(commandLine(...command.split(' ')), '')).toEqual({ id: '', ...identity });
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
    ['newer libvirt without systemd', '0::/machine/qemu-12-web-1.libvirt-qemu/vcpu0\n', 'web-1'],
    [
      'libvirt with Cloud Hypervisor',
      '0::/machine.slice/machine-ch\\x2d7\\x2dweb\\x2d1.scope/libvirt/vcpu0\n',
      'web-1',
    ],
    ['systemd-vmspawn', '0::/machine.slice/machine-web\\x2d1.scope\n', 'web-1'],
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

  it('names a Cloud Hypervisor of libvirt, which gets its socket as an open file, by its control group', () => {
    const cgroup = '0::/machine.slice/machine-ch\\x2d7\\x2dweb\\x2d1.scope/libvirt\n';
    expect(identify(commandLine('/usr/bin/cloud-hypervisor', '--api-socket', 'fd=22'), cgroup)).toEqual({
      ...{ vmm: 'cloud-hypervisor', name: 'web-1', uuid: '', id: '' },
    });
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
      '-id',
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
        const { name, uuid, vmm, id } = identify(commandLine(first, ...args), cgroup);
        expect([...name].length).toBeLessThanOrEqual(MAX_NAME);
        expect([...id].length).toBeLessThanOrEqual(16);
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
