import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { close, send } from '../../experiment/src/sensor/libc.js';
import { openFrameSender } from '../../experiment/src/sensor/network.js';
import { Exporter, until } from './exporter.js';
import { ground, missing } from './ground.js';
import { enterOwnNetwork, ip } from './namespace.js';

const FRAMES = 1000;

type Mac = readonly number[];
const BROADCAST: Mac = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
const US: Mac = [2, 0, 0, 0, 0, 1];
const THEM: Mac = [2, 0, 0, 0, 0, 2];
/** A group of IPv4 multicast (239.1.1.1) that nobody has joined. */
const GROUP: Mac = [0x01, 0x00, 0x5e, 0x01, 0x01, 0x01];

const EXPERIMENTAL = [0x88, 0xb5];
const IPV4 = [0x08, 0x00];

const frame = (
  to: Mac,
  from: Mac,
  protocol: readonly number[],
  payload: readonly number[] = [],
  length = 60,
) => {
  const bytes = new Uint8Array(Math.max(length, 14 + payload.length));
  bytes.set([...to, ...from, ...protocol, ...payload]);
  return bytes;
};

/** An IPv4 datagram of 8 bytes from 192.0.2.1. `wrong` is taken off the checksum of its header. */
function ipv4(to: readonly number[], wrong = 0): number[] {
  const header = [0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, ...to];
  const words = header.flatMap((byte, i) => (i % 2 === 0 ? [byte * 256 + header[i + 1]!] : []));
  const sum = words.reduce((a, b) => a + b, 0);
  const checksum = 0xffff - (sum % 0xffff) - wrong;
  header.splice(10, 2, checksum >> 8, checksum & 0xff);
  return [...header, 0, 9, 0, 9, 0, 8, 0, 0];
}

/** The names that kernels and compilers give to the same place: reasons came one by one, and a compiler may join functions. */
const FORWARD = /^br_(forward|handle_frame_finish)$/;
const NOWHERE = /^(NO_TX_TARGET|br_flood|br_handle_frame_finish)$/;
const HEADER = /^(IP_INHDR|NETFILTER_DROP|br_handle_frame|nf_hook_slow)$/;
const TOO_LONG = /^(PKT_TOO_BIG|br_dev_queue_push_xmit)$/;

interface Case {
  /** Commands of ip(8) after source|in and out|sink are cabled, `in` and `out` in the bridge. */
  network?: readonly string[];
  sysctl?: string;
  /** A multicast group of `in`. */
  joined?: string;
  /** Sent once before: the bridge learns where the sender is. */
  learnt?: { at: 'source' | 'sink'; frame: Uint8Array };
  frame: Uint8Array;
  /** Undefined: nothing is lost. */
  lost?: { port: string; reason: RegExp };
  /** How many of the frames go on at `out`. */
  delivered: number;
}

const unicast = frame(THEM, US, EXPERIMENTAL);
const cases: Record<string, Case> = {
  'forwards all': { frame: unicast, delivered: FRAMES },
  'knows the address behind the port it came from': {
    learnt: { at: 'source', frame: frame(THEM, US, EXPERIMENTAL) },
    frame: frame(US, THEM, EXPERIMENTAL),
    lost: { port: 'in', reason: FORWARD },
    delivered: 0,
  },
  'sends to a port whose MTU is too small': {
    network: ['link set out mtu 1000'],
    frame: frame(THEM, US, EXPERIMENTAL, [], 1400),
    lost: { port: 'out', reason: TOO_LONG },
    delivered: 0,
  },
  'floods between isolated ports': {
    network: ['link set in type bridge_slave isolated on', 'link set out type bridge_slave isolated on'],
    frame: unicast,
    lost: { port: 'in', reason: NOWHERE },
    delivered: 0,
  },
  'sends from one isolated port to another': {
    network: ['link set in type bridge_slave isolated on', 'link set out type bridge_slave isolated on'],
    learnt: { at: 'sink', frame: frame(US, THEM, EXPERIMENTAL) },
    frame: unicast,
    lost: { port: 'in', reason: FORWARD },
    delivered: 0,
  },
  'lets netfilter check IP headers, which are wrong': {
    sysctl: 'net.bridge.bridge-nf-call-iptables=1',
    frame: frame(THEM, US, IPV4, ipv4([192, 0, 2, 2], 1)),
    lost: { port: 'in', reason: HEADER },
    delivered: 0,
  },
  'lets netfilter check IP headers, which are right': {
    sysctl: 'net.bridge.bridge-nf-call-iptables=1',
    frame: frame(THEM, US, IPV4, ipv4([192, 0, 2, 2])),
    delivered: FRAMES,
  },
  'has no other port': {
    network: ['link set out nomaster'],
    frame: frame(BROADCAST, US, EXPERIMENTAL),
    delivered: 0,
  },
  'knows that nobody else has joined the group': {
    network: [
      'link set bridge type bridge mcast_snooping 1 mcast_query_response_interval 10',
      'link set bridge type bridge mcast_querier 1',
    ],
    joined: '239.1.1.1',
    frame: frame(GROUP, US, IPV4, ipv4([239, 1, 1, 1])),
    delivered: 0,
  },
};

describe.skipIf(!ground.root || !ground.btf)(`a bridge${missing('root', 'btf')}`, () => {
  let exporter: Exporter;
  beforeAll(async () => {
    enterOwnNetwork();
    exporter = await Exporter.start();
  });
  afterAll(() => exporter?.stop());

  it.each(Object.entries(cases))(
    'that %s',
    async (_, { network = [], sysctl, joined, learnt, frame, lost, delivered }) => {
      ip(
        'link add bridge type bridge mcast_snooping 0',
        ...['source type veth peer name in', 'sink type veth peer name out'].map(
          (pair) => `link add ${pair}`,
        ),
        'link set in master bridge',
        'link set out master bridge',
        ...network,
        ...['bridge', 'in', 'out', 'source', 'sink'].map((name) => `link set ${name} up`),
      );
      if (sysctl) set(sysctl);
      try {
        await until(() => ['source', 'sink', 'in', 'out'].every((name) => link(name).operstate === 'UP'));
        if (joined) await join(joined);
        if (learnt) sendFrames(learnt.at, 1, learnt.frame);
        const before = await drops(exporter);
        const sent = packets();
        sendFrames('source', FRAMES, frame);
        expect(packets().received - sent.received).toBe(FRAMES);
        expect(packets().transmitted - sent.transmitted).toBe(delivered);
        const after = await drops(exporter);
        expect(after.total - before.total).toBe(lost ? FRAMES : 0);
        expect(grown(before.reasons, after.reasons)).toEqual(
          lost ? [{ port: lost.port, reason: expect.stringMatching(lost.reason), packets: FRAMES }] : [],
        );
      } finally {
        if (sysctl) set(sysctl.replace('=1', '=0'));
        ip('link del bridge', 'link del source', 'link del sink');
      }
    },
  );
});

interface Link {
  operstate: string;
  stats64: { rx: { packets: number }; tx: { packets: number } };
}

function link(device: string): Link {
  const printed = execFileSync('ip', ['-json', '-stats', 'link', 'show', device], { encoding: 'utf8' });
  return (JSON.parse(printed) as [Link])[0];
}

const packets = (): { received: number; transmitted: number } => ({
  received: link('in').stats64.rx.packets,
  transmitted: link('out').stats64.tx.packets,
});

/** Multicast is flooded until the bridge has been the querier for its response interval, here a tenth of a second. */
async function join(group: string): Promise<void> {
  execFileSync('bridge', ['mdb', 'add', 'dev', 'bridge', 'port', 'in', 'grp', group, 'permanent']);
  await sleep(1000);
}

interface Cause {
  port: string;
  reason: string;
  packets: number;
}

async function drops(exporter: Exporter): Promise<{ total: number; reasons: Cause[] }> {
  const scrape = await exporter.scrape();
  return {
    total: scrape.sum('trapline_bridge_drops_total', { device: 'bridge' }),
    reasons: scrape
      .find('trapline_bridge_drop_reasons_total', { device: 'bridge' })
      .map(({ labels, value }) => ({ port: labels['port']!, reason: labels['reason']!, packets: value })),
  };
}

/** Bridges of earlier cases had the same name: what counts is the growth. */
function grown(before: readonly Cause[], after: readonly Cause[]): Cause[] {
  const of = ({ port, reason }: Cause): number =>
    before.find((each) => each.port === port && each.reason === reason)?.packets ?? 0;
  return after
    .map((cause) => ({ ...cause, packets: cause.packets - of(cause) }))
    .filter(({ packets }) => packets > 0);
}

function sendFrames(device: string, count: number, frame: Uint8Array): void {
  const sender = openFrameSender(device);
  for (let i = 0; i < count; i++) expect(send(sender, frame)).toBe(frame.length);
  close(sender);
}

function set(setting: string): void {
  const [name, value] = setting.split('=') as [string, string];
  writeFileSync(`/proc/sys/${name.replace(/^net\.bridge\./, 'net/bridge/').replaceAll('.', '/')}`, value);
}
