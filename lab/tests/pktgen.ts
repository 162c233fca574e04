/** Frames by the kernel's own generator, which costs little: Documentation/networking/pktgen.rst. Needs its module. */
import type { LabHost } from '../host.js';

const FOLDER = '/proc/net/pktgen';
/** UDP to an address (RFC 5737) and a port at which nobody listens. */
const FRAME = ['pkt_size 60', 'dst 198.51.100.9', 'udp_dst_min 9', 'udp_dst_max 9', 'delay 0'];

/** Sends so many frames out of a device and returns when the last one is on its way. */
export async function sendFrames(host: LabHost, device: string, count: number): Promise<void> {
  await prepare(host, device, [`count ${count}`, 'dst_mac 02:00:00:00:00:99']);
  await host.must(`echo start > ${FOLDER}/pgctrl`);
}

/** Sends as fast as it goes until the returned function is called. `options` are pktgen's. */
export async function flood(
  host: LabHost,
  device: string,
  ...options: string[]
): Promise<() => Promise<void>> {
  await prepare(host, device, ['count 0', ...options]);
  const generator = await host.spawn(`bash -c 'echo start > ${FOLDER}/pgctrl'`);
  return async () => {
    await host.must(`echo stop > ${FOLDER}/pgctrl`);
    await generator.gone();
  };
}

async function prepare(host: LabHost, device: string, options: readonly string[]): Promise<void> {
  const settings = [...FRAME, ...options].map((option) => `echo ${option} > ${device}`);
  const thread = ['rem_device_all', `add_device ${device}`].map((order) => `echo ${order} > kpktgend_0`);
  await host.must(['set -e', `cd ${FOLDER}`, ...thread, ...settings].join('\n'));
}
