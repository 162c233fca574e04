import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { containerOf, containerOfProcess } from './cgroup.js';

const ID = '3f2a9c1b04de8f1b6a24bfa28a0e6ca2d5bd1ef0f4d4ba1a8ac0bbf74cf85c11';
const SHORT = '3f2a9c1b04de';
const POD = '0f6a1c3e-2b4d-4e6f-8a9b-0c1d2e3f4a5b';
const UNDERSCORED = POD.replaceAll('-', '_');

describe('containerOf', () => {
  it.each([
    ['Docker under systemd', `0::/system.slice/docker-${ID}.scope\n`, SHORT],
    [
      'Docker without systemd',
      `12:pids:/docker/${ID}\n11:cpu:/docker/${ID}\n0::/system.slice/containerd.service\n`,
      SHORT,
    ],
    ['Docker seen from another container', `0::/../docker-${ID}.scope\n`, SHORT],
    [
      'Docker of an unprivileged user',
      `0::/user.slice/user-1000.slice/user@1000.service/user.slice/docker-${ID}.scope\n`,
      SHORT,
    ],
    ['Podman', `0::/machine.slice/libpod-${ID}.scope/container\n`, SHORT],
    ['Podman without a scope of its own', `0::/system.slice/ids.service/libpod-payload-${ID}\n`, SHORT],
    [
      'a pod of Podman',
      `0::/machine.slice/machine-libpod_pod_${'e'.repeat(64)}.slice/libpod-${ID}.scope/container\n`,
      SHORT,
    ],
    ['what watches a container of Podman', `0::/machine.slice/libpod-conmon-${ID}.scope\n`, ''],
    ['nerdctl', `0::/system.slice/nerdctl-${ID}.scope\n`, SHORT],
    [
      'Kubernetes with containerd',
      `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${UNDERSCORED}.slice/cri-containerd-${ID}.scope\n`,
      `pod-${POD}/${SHORT}`,
    ],
    [
      'Kubernetes with containerd whose kubelet only uses systemd',
      `1:name=systemd:/system.slice/containerd.service/kubepods-burstable-pod${UNDERSCORED}.slice:cri-containerd:${ID}\n`,
      `pod-${POD}/${SHORT}`,
    ],
    [
      'Kubernetes with CRI-O',
      `0::/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${UNDERSCORED}.slice/crio-${ID}.scope/container\n`,
      `pod-${POD}/${SHORT}`,
    ],
    ['Kubernetes without systemd', `4:memory:/kubepods/burstable/pod${POD}/${ID}\n`, `pod-${POD}/${SHORT}`],
    [
      'a static pod',
      `0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod7260904bbd08e72e4dff95d9fccd2ee8.slice/cri-containerd-${ID}.scope\n`,
      `pod-7260904bbd08e72e4dff95d9fccd2ee8/${SHORT}`,
    ],
    ['LXC on Proxmox VE', '0::/lxc/101/ns/system.slice/suricata.service\n', '101'],
    ['LXC 4', '0::/lxc.payload.web/init.scope\n', 'web'],
    ['LXC 3', '3:cpu:/lxc.payload/web/init.scope\n', 'web'],
    ['Incus in a project', '0::/lxc.payload.customer_web/system.slice/suricata.service\n', 'customer_web'],
    ['what watches a container of LXC', '0::/lxc.monitor.web\n', ''],
    ['Docker in LXC on Proxmox VE', `0::/lxc/101/ns/system.slice/docker-${ID}.scope\n`, `101/${SHORT}`],
    [
      'Kubernetes in Docker',
      `0::/system.slice/docker-${'a'.repeat(64)}.scope/kubelet.slice/kubelet-kubepods-pod${UNDERSCORED}.slice/cri-containerd-${ID}.scope\n`,
      `${'a'.repeat(12)}/pod-${POD}/${SHORT}`,
    ],
    [
      'systemd-nspawn as a service',
      '0::/machine.slice/systemd-nspawn@my\\x2dbox.service/payload\n',
      'my-box',
    ],
    ['systemd-nspawn by hand', '0::/machine.slice/machine-my\\x2dbox.scope/payload\n', 'my-box'],
    ['LXC of libvirt', '0::/machine.slice/machine-lxc\\x2d4711\\x2dbox.scope\n', 'box'],
    [
      'a VMM of libvirt',
      '0::/machine.slice/machine-qemu\\x2d12\\x2dweb\\x2d1.scope/libvirt/emulator\n',
      'web-1',
    ],
    ['a service of systemd', '0::/system.slice/suricata.service\n', ''],
    ['a service of a user', '0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-x.scope\n', ''],
    ['another directory', '4:memory:/jobs/e06687ed5c4f94baa8ec404a411d0386\n0::/\n', ''],
    ['nothing', '', ''],
  ])('knows %s', (_what, cgroup, container) => {
    expect(containerOf(cgroup)).toBe(container);
  });

  it('is bounded, whatever directories somebody made', () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom(
        ID,
        `/lxc/${'x'.repeat(300)}`,
        '/machine-',
        '.scope',
        '/pod',
        POD,
        '\\x2d',
        '\\xzz',
        '\n',
      ),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        expect([...containerOf(parts.join(''))].length).toBeLessThanOrEqual(128);
      }),
    );
    expect(containerOf(`0::/lxc/${'😀'.repeat(300)}\n`)).toBe('😀'.repeat(128));
  });
});

it('does not take the container of another process that has got the pid', () => {
  const proc = mkdtempSync(join(tmpdir(), 'trapline-cgroup-'));
  try {
    mkdirSync(join(proc, '70'));
    writeFileSync(join(proc, '70/cgroup'), `0::/docker/${ID}\n`);
    writeFileSync(join(proc, '70/stat'), `70 (ids) S 1 ${'0 '.repeat(17)}42 0 0\n`);
    expect(containerOfProcess({ pid: 70, startTicks: 42 }, proc)).toBe(SHORT);
    expect(containerOfProcess({ pid: 70, startTicks: 41 }, proc)).toBeUndefined();
    expect(containerOfProcess({ pid: 71, startTicks: 42 }, proc)).toBeUndefined();
  } finally {
    rmSync(proc, { recursive: true });
  }
});
