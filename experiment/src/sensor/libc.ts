/** The few C library calls that sensors, and the guests of the lab, need, with errors turned into exceptions. */
import koffi from 'koffi';

const libc = koffi.load('libc.so.6');

const openCall = libc.func('int open(const char *path, int flags)');
const closeCall = libc.func('int close(int fd)');
const mmapCall = libc.func('void *mmap(void *addr, size_t length, int prot, int flags, int fd, long offset)');
const ioctlNumber = libc.func('int ioctl(int fd, unsigned long request, long arg)');
const ioctlBuffer = libc.func('int ioctl(int fd, unsigned long request, void *arg)');
const readCall = libc.func('long read(int fd, _Out_ void *buffer, size_t count)');
const writeCall = libc.func('long write(int fd, const void *buffer, size_t count)');
const eventfdCall = libc.func('int eventfd(uint initial, int flags)');
const socketCall = libc.func('int socket(int domain, int type, int protocol)');
const bindCall = libc.func('int bind(int fd, void *address, uint length)');
const setsockoptCall = libc.func('int setsockopt(int fd, int level, int option, void *value, uint length)');
const getsockoptCall = libc.func(
  'int getsockopt(int fd, int level, int option, _Out_ void *value, _Inout_ uint *length)',
);
const connectCall = libc.func('int connect(int fd, void *address, uint length)');
const sendCall = libc.func('long send(int fd, void *buffer, size_t length, int flags)');
const recvCall = libc.func('long recv(int fd, _Out_ void *buffer, size_t length, int flags)');
const fcntlCall = libc.func('int fcntl(int fd, int command, long arg)');
const pollCall = libc.func('int poll(void *fds, ulong count, int timeout)');
const forkCall = libc.func('int fork()');
const pauseCall = libc.func('int pause()');
const prctlCall = libc.func('int prctl(int option, unsigned long value)');
const execvCall = libc.func('int execv(const char *path, const char **argv)');
const syscallBuffer = libc.func('long syscall(long number, long command, void *attributes, long size)');
const strerror = libc.func('const char *strerror(int errno)');

/** Errno values by name, as Linux numbers them on x86-64. */
export const Errno = { EINTR: 4, EAGAIN: 11, EFAULT: 14, ENOBUFS: 105 } as const;

export const O_NONBLOCK = 0o4000;

const MSG_DONTWAIT = 0x40;
const POLLIN = 1;
const FOR_EVER = -1;
const SYS_BPF = 321;
const F_SETFD = 2;
const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;
const O_RDWR = 2;
const O_CLOEXEC = 0o2000000;
const PROT_READ_WRITE = 3;
const MAP_SHARED = 1;
const MAP_ANONYMOUS = 0x20;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;

/** A failed system call: which one, and the errno it failed with. */
export class SystemError extends Error {
  constructor(
    what: string,
    readonly errno: number,
  ) {
    super(`${what}: ${strerror(errno) as string}`);
  }
}

/** The result of a system call, or a `SystemError` where it is negative. */
export function check(result: number, what: string): number {
  if (result < 0) throw new SystemError(what, koffi.errno());
  return result;
}

/** Opens a device for reading and writing. Throws `SystemError`. */
export function openDevice(path: string, extraFlags = 0): number {
  return check(openCall(path, O_RDWR | O_CLOEXEC | extraFlags) as number, `open ${path}`);
}

/** Closes a descriptor. Throws `SystemError`. */
export function close(fd: number): void {
  check(closeCall(fd) as number, 'close');
}

/** `ioctl` with a number or a structure. Throws `SystemError` with the given name of the request. */
export function ioctl(fd: number, request: number, arg: number | Uint8Array, name: string): number {
  const result = typeof arg === 'number' ? ioctlNumber(fd, request, arg) : ioctlBuffer(fd, request, arg);
  return check(result as number, name);
}

/** `ioctl` that returns what the kernel returned, or the negated errno; for calls on the hot path. */
export function rawIoctl(fd: number, request: number, arg: number): number {
  const result = ioctlNumber(fd, request, arg) as number;
  return result < 0 ? -koffi.errno() : result;
}

/** `socket`. Throws `SystemError`. */
export function socket(domain: number, type: number, protocol: number): number {
  return check(socketCall(domain, type, protocol) as number, 'socket');
}

/** `bind` to a raw socket address. Throws `SystemError`. */
export function bind(fd: number, address: Uint8Array): void {
  check(bindCall(fd, address, address.length) as number, 'bind');
}

/** `setsockopt`. Throws `SystemError`. */
export function setSocketOption(fd: number, level: number, option: number, value: Uint8Array): void {
  check(setsockoptCall(fd, level, option, value, value.length) as number, 'setsockopt');
}

/** `getsockopt` into `value`, or into an address where nothing is. Throws `SystemError`. */
export function getSocketOption(
  fd: number,
  level: number,
  option: number,
  value: Uint8Array | null,
  length = value?.length ?? 0,
): void {
  check(getsockoptCall(fd, level, option, value, [length]) as number, 'getsockopt');
}

/** `connect` to a raw socket address. Throws `SystemError`. */
export function connect(fd: number, address: Uint8Array): void {
  check(connectCall(fd, address, address.length) as number, 'connect');
}

/** Reads into `buffer`; how many bytes came, or the negated errno. */
export function read(fd: number, buffer: Uint8Array): number {
  const result = Number(readCall(fd, buffer, buffer.length));
  return result < 0 ? -koffi.errno() : result;
}

/** Makes an eventfd that counts from 0. Throws `SystemError`. */
export function eventfd(): number {
  return check(eventfdCall(0, 0) as number, 'eventfd');
}

/** Signals an eventfd once. Throws `SystemError`. */
export function signalEvent(fd: number): void {
  check(Number(writeCall(fd, BigUint64Array.of(1n), 8)), 'write to an eventfd');
}

/** Sends `buffer`; how many bytes went, or the negated errno. */
export function send(fd: number, buffer: Uint8Array): number {
  const result = Number(sendCall(fd, buffer, buffer.length, 0));
  return result < 0 ? -koffi.errno() : result;
}

/** Takes one message from a socket without waiting; how many bytes came, or the negated errno. */
export function receive(fd: number, buffer: Uint8Array): number {
  const result = Number(recvCall(fd, buffer, buffer.length, MSG_DONTWAIT));
  return result < 0 ? -koffi.errno() : result;
}

/** Waits until there is something to read, for ever. A signal ends it early. */
export function waitToRead(fd: number): void {
  pollCall(Uint32Array.of(fd, POLLIN), 1, FOR_EVER);
}

/** `bpf`, which the C library has no function for. Throws `SystemError`. */
export function bpf(command: number, attributes: Uint8Array): number {
  return check(Number(syscallBuffer(SYS_BPF, command, attributes, attributes.length)), 'bpf');
}

/** Memory shared with the kernel: its address, and a view of its bytes that stays valid until the process ends. */
export interface Mapping {
  address: bigint;
  bytes: DataView<ArrayBuffer>;
}

/** Maps `length` bytes of a descriptor from `offset`, or anonymous memory without one. Throws `SystemError`. */
export function map(length: number, fd?: number, offset = 0): Mapping {
  const flags = fd === undefined ? MAP_SHARED | MAP_ANONYMOUS : MAP_SHARED;
  const pointer: unknown = mmapCall(null, length, PROT_READ_WRITE, flags, fd ?? -1, offset);
  const address = BigInt(koffi.address(pointer));
  if (address === MAP_FAILED) throw new SystemError('mmap', koffi.errno());
  return { address, bytes: new DataView(koffi.view(pointer, length)) };
}

/**
 * Starts a copy of this process, with all of its files, that does nothing and ends with the thread that called this. Throws
 * `SystemError`.
 */
export function forkSleeper(): void {
  if (check(forkCall() as number, 'fork') > 0) return;
  prctlCall(PR_SET_PDEATHSIG, SIGKILL);
  for (;;) pauseCall();
}

/** Replaces this process by another program under the same pid and environment. Returns only by throwing. */
export function execInPlace(program: string, argv: readonly string[]): never {
  // Node marks its standard streams close-on-exec.
  for (const fd of [0, 1, 2]) check(fcntlCall(fd, F_SETFD, 0) as number, 'fcntl');
  check(execvCall(program, [...argv, null]) as number, `exec ${program}`);
  throw new Error('execv returned without an error');
}
