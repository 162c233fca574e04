import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { NfQueues, parseNetfilterSockets, parseNfQueues } from './nf_queues.js';

/** Of Linux 6.18: a queue with a reader that owns its port by its pid, and one whose port the kernel chose. */
const QUEUES = `    7 195078    100 2 65535   900     0      100  1
65535 4294963199      0 2 65535     0 12345 4294967295  1
`;
const SOCKETS = `sk               Eth Pid        Groups   Rmem     Wmem     Dump  Locks    Drops    Inode
00000000cc1aa0a1 0   195078     00000000 0        0        0     2        0        11
00000000cc1aa0a2 12  0          00000000 0        0        0     2        0        12
00000000cc1aa0a3 12  195078     00000000 76800    0        0     2        0        2263651
00000000cc1aa0a4 12  4294963199 00000000 0        0        0     2        12345    2263652
`;

let proc: string;
beforeEach(() => void (proc = mkdtempSync(join(tmpdir(), 'trapline-queues-'))));
afterEach(() => rmSync(proc, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(proc, path)), { recursive: true });
  writeFileSync(join(proc, path), text);
}

const rename = (pid: number, name: string): void =>
  write(`${pid}/stat`, `${pid} (${name}) S ${'1 '.repeat(18)}${pid * 10} 0\n`);

function hold(pid: number, name: string, ...sockets: number[]): void {
  rename(pid, name);
  mkdirSync(join(proc, `${pid}/fd`));
  for (const [fd, socket] of sockets.entries())
    symlinkSync(`socket:[${socket}]`, join(proc, `${pid}/fd/${fd}`));
}

it('reads the columns of a queue, and no line of another form', () => {
  expect(parseNfQueues(`${QUEUES}\n1 2 3\nnonsense of eight words is not a queue\n`)).toEqual([
    { number: 7, port: 195_078, waiting: 100, full: 900, bufferFull: 0, queued: 100 },
    { number: 65_535, port: 4_294_963_199, waiting: 0, full: 0, bufferFull: 12_345, queued: 2 ** 32 - 1 },
  ]);
});

it('finds the sockets of netfilter by their ports, and not those of others with the same port', () => {
  expect([...parseNetfilterSockets(SOCKETS)]).toEqual([
    [195_078, 2_263_651],
    [4_294_963_199, 2_263_652],
  ]);
});

it('names the process that holds the socket, whatever its port says, under the name it has now', () => {
  write('self/net/netfilter/nfnetlink_queue', QUEUES);
  write('self/net/netlink', SOCKETS);
  hold(195_078, 'somebody "else"', 11);
  hold(400, 'Suricata-Main', 2_263_651, 2_263_652);
  hold(401, 'heir', 2_263_652);
  const reader = new NfQueues(proc);
  const names = () =>
    reader.read().map(({ number, socket, process, holder }) => [number, socket, process, holder]);
  const holder = { pid: 400, startTicks: 4000 };
  expect(names()).toEqual([
    [7, 2_263_651, 'Suricata-Main', holder],
    [65_535, 2_263_652, 'Suricata-Main', holder],
  ]);
  rename(400, 'a\nb');
  expect(names()[0]).toEqual([7, 2_263_651, 'a\nb', holder]);
});

it('tells of queues whose process is not seen, and of none where the kernel has none', () => {
  const reader = new NfQueues(proc);
  expect(reader.read()).toEqual([]);
  write('self/net/netfilter/nfnetlink_queue', QUEUES);
  expect(reader.read().map(({ socket, process }) => [socket, process])).toEqual([
    [0, ''],
    [0, ''],
  ]);
});
