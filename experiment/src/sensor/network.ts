/** Taps and raw sockets, by ioctl. Source of the numbers: linux/if_tun.h, linux/sockios.h, linux/if_packet.h. */
import { O_NONBLOCK, bind, close, ioctl, openDevice, socket } from './libc.js';

const TUNSETIFF = 0x400454ca;
const IFF_TAP = 0x0002;
const IFF_NO_PI = 0x1000;
const IFF_MULTI_QUEUE = 0x0100;
const IFF_UP = 0x1;

const SIOCGIFFLAGS = 0x8913;
const SIOCSIFFLAGS = 0x8914;
const SIOCGIFINDEX = 0x8933;
const SIOCSIFTXQLEN = 0x8943;

const AF_INET = 2;
const AF_PACKET = 17;
const SOCK_DGRAM = 2;
const SOCK_RAW = 3;

/** `struct ifreq`: the interface's name, then a union of which we use the first number. */
const IFREQ = { size: 40, value: 16 } as const;
/** `struct sockaddr_ll` up to the hardware address. */
const SOCKADDR_LL = { size: 20, family: 0, protocol: 2, ifindex: 4 } as const;

const LONGEST_NAME = 15;

/**
 * Makes a tap that lives as long as its descriptor, with a queue of `queueLength` frames, and brings it up. The
 * descriptor does not block. With `oneOfMany` it is one more queue of a tap that may have several. Throws `SystemError`, or `Error` for a name no interface can have.
 */
export function openTap(device: string, queueLength: number, oneOfMany = false): number {
  const tap = openDevice('/dev/net/tun', O_NONBLOCK);
  const request = interfaceRequest(device);
  const flags = IFF_TAP | IFF_NO_PI | (oneOfMany ? IFF_MULTI_QUEUE : 0);
  request.setUint16(IFREQ.value, flags, true);
  ioctl(tap, TUNSETIFF, bytesOf(request), `make the tap ${device}`);
  const control = socket(AF_INET, SOCK_DGRAM, 0);
  setQueueLength(control, device, queueLength);
  bringUp(control, device);
  close(control);
  return tap;
}

/** A raw socket that sends whole frames out of `device`. It receives nothing. Throws `SystemError`. */
export function openFrameSender(device: string): number {
  const sender = openPacketSocket();
  bindPacketSocket(sender, 0, device);
  return sender;
}

/** A raw socket of all layers that neither sends nor receives before it is bound. Throws `SystemError`. */
export function openPacketSocket(): number {
  return socket(AF_PACKET, SOCK_RAW, 0);
}

/** Has a packet socket receive the frames of one protocol, from one interface or from all. Throws `SystemError`. */
export function bindPacketSocket(packet: number, protocol: number, device?: string): void {
  const address = new DataView(new ArrayBuffer(SOCKADDR_LL.size));
  address.setUint16(SOCKADDR_LL.family, AF_PACKET, true);
  address.setUint16(SOCKADDR_LL.protocol, protocol);
  if (device !== undefined) address.setInt32(SOCKADDR_LL.ifindex, indexOf(device), true);
  bind(packet, bytesOf(address));
}

/** The number of an interface. Throws `SystemError`. */
export function indexOf(device: string): number {
  const control = socket(AF_INET, SOCK_DGRAM, 0);
  const request = interfaceRequest(device);
  ioctl(control, SIOCGIFINDEX, bytesOf(request), `find the interface ${device}`);
  close(control);
  return request.getInt32(IFREQ.value, true);
}

function setQueueLength(control: number, device: string, frames: number): void {
  const request = interfaceRequest(device);
  request.setInt32(IFREQ.value, frames, true);
  ioctl(control, SIOCSIFTXQLEN, bytesOf(request), `set the queue length of ${device}`);
}

function bringUp(control: number, device: string): void {
  const request = interfaceRequest(device);
  ioctl(control, SIOCGIFFLAGS, bytesOf(request), `read the flags of ${device}`);
  request.setUint16(IFREQ.value, request.getUint16(IFREQ.value, true) | IFF_UP, true);
  ioctl(control, SIOCSIFFLAGS, bytesOf(request), `bring ${device} up`);
}

function interfaceRequest(device: string): DataView<ArrayBuffer> {
  const name = new TextEncoder().encode(device);
  if (name.length === 0 || name.length > LONGEST_NAME)
    throw new Error(`no interface can be called "${device}"`);
  const request = new DataView(new ArrayBuffer(IFREQ.size));
  bytesOf(request).set(name);
  return request;
}

function bytesOf(view: DataView<ArrayBuffer>): Uint8Array {
  return new Uint8Array(view.buffer);
}
