/**
 * Sends packets so that a device takes a whole burst in one poll. Each line on stdin says how many packets a burst has, at
 * most 64, and how many bursts to send; the answer is the number of packets when they are on their way.
 *
 *     unshare --net npx tsx lab/guests/burst-sender.ts --device NAME [--namespace PID]
 *
 * It lays a cable from its own network namespace to a new device in the namespace of a process, by default its parent.
 * The kernel cuts one large datagram into the packets of a burst and hands them over before it polls: so a burst of 64,
 * the budget of a poll, always exhausts it, and a smaller one never does.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { SystemError, connect, send, setSocketOption, socket } from '../../experiment/src/sensor/libc.js';

/** linux/socket.h, linux/udp.h */
const AF_INET = 2;
const SOCK_DGRAM = 2;
const SOL_UDP = 17;
const UDP_SEGMENT = 103;

const PAYLOAD = 100;
/** Until 6.5 a busy softirq thread may be left the poll; two bursts must not wait for it. */
const PAUSE_MS = 1;
const SOURCE = 'source';

/** Documentation's (RFC 5737), at a hardware address that nobody has: no stack answers or forwards. */
const FROM = '198.51.100.1/24';
const TO = [198, 51, 100, 2] as const;
const NOBODY = '02:00:00:00:00:99';

/** Without TSO veth polls instead of passing on, and datagrams are cut before they reach it. */
function layCable(device: string, namespace: string): void {
  const there = (command: string, ...args: string[]) =>
    execFileSync('nsenter', ['-t', namespace, '-n', command, ...args]);
  writeFileSync('/proc/sys/net/ipv6/conf/default/disable_ipv6', '1');
  execFileSync('ip', ['link', 'add', SOURCE, 'type', 'veth', 'peer', 'name', device]);
  execFileSync('ethtool', ['-K', SOURCE, 'tso', 'off', 'tx-udp-segmentation', 'off']);
  execFileSync('ip', ['link', 'set', device, 'netns', namespace]);
  there('ethtool', '-K', device, 'gro', 'on');
  there('ip', 'link', 'set', device, 'up');
  execFileSync('ip', ['address', 'add', FROM, 'dev', SOURCE]);
  execFileSync('ip', ['link', 'set', SOURCE, 'up']);
  const neighbour = [TO.join('.'), 'lladdr', NOBODY, 'dev', SOURCE, 'nud', 'permanent'];
  execFileSync('ip', ['neighbour', 'add', ...neighbour]);
}

function openSender(): number {
  const sender = socket(AF_INET, SOCK_DGRAM, 0);
  setSocketOption(sender, SOL_UDP, UDP_SEGMENT, new Uint8Array(Int32Array.of(PAYLOAD).buffer));
  connect(sender, Uint8Array.of(AF_INET, 0, 0, 9, ...TO, ...new Uint8Array(8)));
  return sender;
}

const { values } = parseArgs({ options: { device: { type: 'string' }, namespace: { type: 'string' } } });
if (values.device === undefined) throw new Error('say how to call the device: --device NAME');
layCable(values.device, values.namespace ?? String(process.ppid));
// A burst is only polled as a whole if the next one is sent from the same processor.
execFileSync('taskset', ['-p', '1', String(process.pid)]);
const sender = openSender();
console.log('ready');
for await (const line of createInterface(process.stdin)) {
  const [packets, bursts] = line.split(' ').map(Number) as [number, number];
  for (let i = 0; i < bursts; i++) {
    const sent = send(sender, new Uint8Array(packets * PAYLOAD));
    if (sent < 0) throw new SystemError('send', -sent);
    await sleep(PAUSE_MS);
  }
  console.log(packets * bursts);
}
process.exit();
