/** A Debian-kernel guest inside the emulated host, capturing traffic from a vhost tap on a bridge. */
import { join } from 'node:path';
import { INSIDE } from './checkout.js';
import type { LabHost } from './host.js';
import { makeInitramfs, pathOf } from './initramfs.js';
import type { LabProcess } from './process.js';
import { layWire, type Wiring } from './wiring.js';

/** Modules that the emulated host needs for this guest and its traffic. */
export const HOST_MODULES = ['kvm_amd', 'vhost_net', 'tun', 'bridge', 'veth'] as const;

const GUEST_MODULES = ['virtio_pci', 'virtio_net', 'af_packet'];
const MEMORY_MB = 512;

/** A nested guest that captures. */
export interface NestedGuest {
  /** The name it gives itself, as QEMU has it. */
  name: string;
  uuid: string;
  wiring: Wiring;
  /** Its QEMU. */
  process: LabProcess;
}

const UUID = '7261706c-696e-4e00-8000-6e6573746564';

/** Starts the guest and waits until its capture runs: some 20 s after its start. */
export async function startNestedGuest(host: LabHost, name = 'appliance'): Promise<NestedGuest> {
  const wiring = await layWire(host);
  const initramfs = await makeInitramfs(host.folder, 'guest', {
    kernel: host.kernel,
    modules: GUEST_MODULES,
    programs: [await pathOf('tcpdump')],
    init: join(INSIDE, 'guest-init.sh'),
  });
  const log = '/run/lab/guest-console.log';
  const process = await host.spawn(
    ['qemu-system-x86_64', ...qemuArguments(host, name, wiring.tap, initramfs, log)].join(' '),
  );
  await process.until(`grep -qs capturing ${log}`, { timeout: 300 });
  return { name, uuid: UUID, wiring, process };
}

function qemuArguments(host: LabHost, name: string, tap: string, initramfs: string, log: string): string[] {
  return [
    ...['-name', `guest=${name}`, '-uuid', UUID, '-accel', 'kvm', '-cpu', 'host', '-m', `${MEMORY_MB}`],
    ...['-display', 'none', '-nodefaults', '-no-reboot', '-serial', `file:${log}`],
    ...[
      '-kernel',
      host.kernel.image,
      '-initrd',
      initramfs,
      '-append',
      `'console=ttyS0 quiet panic=-1 mitigations=off'`,
    ],
    ...['-netdev', `tap,id=n0,ifname=${tap},script=no,downscript=no,vhost=on`],
    ...['-device', 'virtio-net-pci,netdev=n0,mac=52:54:00:6e:65:73'],
  ];
}
