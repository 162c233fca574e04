/**
 * A sensor of our own, for methods that no program in Debian has: AF_PACKET without a ring, one system call a frame, as
 * libpcap read before it had rings, and AF_XDP. Its count of frames stands in a mapped file as a double, so that whoever
 * reads it there costs it nothing.
 *
 *     node main.js --method plain|af_xdp --device DEVICE --count FILE [--flows]
 *
 * It says `ready` when it captures, and ends by a signal.
 */
import { truncateSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { FlowTable } from './flow_table.js';
import { map, openDevice, read, Errno, SystemError, waitToRead } from './libc.js';
import { bindPacketSocket, openPacketSocket } from './network.js';
import { XdpSocket } from './xdp_socket.js';

const ETH_P_ALL = 3;
/** Longer frames are cut. */
const FRAME_BYTES = 2048;
const PAGE = 4096;
const XDP_ROOM = { ring: 2048, buffers: 2048 } as const;

type Look = (frame: Buffer) => void;

/** Shows every frame of a device, for ever. */
const methods: Readonly<Record<string, (device: string, look: Look) => never>> = {
  plain(device, look) {
    const socket = openPacketSocket();
    bindPacketSocket(socket, ETH_P_ALL, device);
    console.log('ready');
    const frame = Buffer.alloc(FRAME_BYTES);
    for (;;) {
      const length = read(socket, frame);
      if (length >= 0) look(frame.subarray(0, length));
      else if (length !== -Errno.EINTR) throw new SystemError('read', -length);
    }
  },
  af_xdp(device, look) {
    const socket = new XdpSocket(device, XDP_ROOM);
    console.log('ready');
    for (;;) {
      waitToRead(socket.fd);
      socket.take(look);
    }
  },
};

/** A number that other processes can read while it rises. */
function sharedCount(path: string): { add(): void } {
  writeFileSync(path, '');
  truncateSync(path, PAGE);
  const { bytes } = map(PAGE, openDevice(path));
  let count = 0;
  return { add: () => bytes.setFloat64(0, ++count, true) };
}

const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: { method: text, device: text, count: text, flows: { type: 'boolean', default: false } },
});
process.title = 'trapline-sensor';
const capture = methods[values.method ?? ''];
if (!capture) throw new Error(`there is no method ${values.method}`);
const count = sharedCount(values.count ?? '');
const flows = new FlowTable();
capture(values.device ?? '', (frame) => {
  count.add();
  if (values.flows) flows.add(frame);
});
