/** A Debian-kernel guest inside the emulated host, capturing traffic from a vhost tap on a bridge. */
import { join } from 'node:path';
import { CHECKOUT, type LabHost } from './host.js';
import { makeInitramfs, pathOf } from './initramfs.js';
import type { LabProcess } from './process.js';

/** Modules that the emulated host needs for this guest and its traffic. */
export const HOST_MODULES = ['kvm_amd', 'vhost_net', 'tun', 'bridge', 'veth'] as const;

const GUEST_MODULES = ['virtio_pci', 'virtio_net', 'af_packet'];
const MEMORY_MB = 512;
/** Short, so that a burst can overflow it and a loss is there to be seen. */
const QUEUE_FRAMES = 100;

/** The interfaces a nested guest brings along in the emulated host. */
export interface Wiring {
  bridge: string;
  tap: string;
  /** Frames sent out of this interface arrive on the bridge, as from a wire. */
  wire: string;
}

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
  const wiring = { bridge: 'br0', tap: 'tap0', wire: 'wire0' };
  await wire(host, wiring);
  const initramfs = await makeInitramfs(host.folder, 'guest', {
    kernel: host.kernel,
    modules: GUEST_MODULES,
    programs: [await pathOf('tcpdump')],
    init: join(CHECKOUT, 'lab', 'inside', 'guest-init.sh'),
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

/** A bridge with the guest's tap and one end of a cable; no addresses, so that only the traffic source speaks. */
async function wire(host: LabHost, { bridge, tap, wire }: Wiring): Promise<void> {
  await host.must(`set -e
    ip link add ${bridge} type bridge
    ip tuntap add ${tap} mode tap
    ip link set ${tap} txqueuelen ${QUEUE_FRAMES}
    ip link add ${wire} type veth peer name ${wire}-port
    for device in ${bridge} ${tap} ${wire} ${wire}-port; do
      echo 1 > /proc/sys/net/ipv6/conf/$device/disable_ipv6
      ip link set $device up
    done
    ip link set ${tap} master ${bridge}
    ip link set ${wire}-port master ${bridge}`);
}
