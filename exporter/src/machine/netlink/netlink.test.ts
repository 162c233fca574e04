import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Attributes } from './attributes.js';
import { parseFilter } from './filters.js';
import { parseLink, readLinks } from './links.js';
import { dumpRequest, messagesIn, NLMSG_DONE, type Message } from './messages.js';
import { parseDatapath, parsePort } from './open_vswitch.js';
import { parseQdisc, readQdiscs, TC_H_ROOT } from './qdiscs.js';
import { Netlink, NetlinkError } from './socket.js';
import { parseVirtualFunctions, readVirtualFunctions } from './virtual_functions.js';

/** Dumps of Linux 6.18: a tap and a tun, a bridge, a macvtap on a veth whose peer is in another namespace, a veth pair. */
const recorded = (name: string): Buffer => readFileSync(join(import.meta.dirname, 'recorded', name));

function parsed<T>(dump: Buffer, parse: (message: Message) => T | undefined): T[] {
  return [...messagesIn(dump, dump.length)].flatMap((message) => parse(message) ?? []);
}

const u32 = (value: number): Buffer => Buffer.from(Uint32Array.of(value).buffer);

describe('parseLink', () => {
  const links = parsed(recorded('links.bin'), parseLink);
  const link = (name: string) => links.find((each) => each.name === name)!;
  const indexOf = (name: string): number => link(name).index;

  it('tells kinds apart', () => {
    expect(links.map(({ name, kind, type, portType }) => [name, kind, type, portType])).toEqual([
      ['lo', 'other', '', ''],
      ['bridge', 'bridge', 'bridge', ''],
      ['tap', 'tap', 'tun', 'bridge'],
      ['tun', 'other', 'tun', ''],
      ['inside', 'other', 'veth', ''],
      ['macvtap', 'macvtap', 'macvtap', ''],
      ['far', 'other', 'veth', ''],
      ['multi', 'other', 'veth', ''],
    ]);
  });

  it('knows what a device is a port of, what is below it, and where that is', () => {
    expect(link('tap')).toMatchObject({ master: indexOf('bridge'), lower: undefined, queueLength: 500 });
    expect(link('macvtap')).toMatchObject({ lower: indexOf('inside'), lowerNamespace: undefined });
    expect(link('inside')).toMatchObject({ lower: 2, lowerNamespace: 0 });
    expect(link('multi')).toMatchObject({ lower: indexOf('far'), master: undefined, transmitQueues: 2 });
  });

  it('reads states and counters', () => {
    expect(link('lo')).toMatchObject({ mtu: 65_536, operstate: 2, promiscuity: 0, xdp: [] });
    expect(link('tap')).toMatchObject({ mtu: 1500, operstate: 6, promiscuity: 1, protocolDown: false });
    expect(link('bridge').transmit).toMatchObject({ packets: 10, bytes: 10_000, drops: 12 });
  });

  it('takes a device on a bus for a NIC, in every field apart', () => {
    const stats = Buffer.alloc(200);
    for (let i = 0; i < 25; i++) stats.writeBigUInt64LE(2n ** 33n + BigInt(i), 8 * i);
    const [nic] = parsed(
      linkMessage(
        attribute(3, text('enp1s0')),
        attribute(23, stats),
        attribute(
          43,
          Buffer.concat([
            attribute(2, Buffer.of(4)),
            attribute(5, u32(41)),
            attribute(6, u32(0)),
            attribute(7, u32(43)),
          ]),
        ),
        attribute(56, text('0000:01:00.0')),
        attribute(57, text('pci')),
      ),
      parseLink,
    );
    const at = (position: number): number => 2 ** 33 + position;
    expect(nic).toMatchObject({
      ...{ index: 7, name: 'enp1s0', kind: 'nic', bus: 'pci' },
      xdp: [
        { mode: 'driver', program: 41 },
        { mode: 'hardware', program: 43 },
      ],
      receive: {
        ...{
          packets: at(0),
          bytes: at(2),
          errors: at(4),
          drops: at(6),
          overErrors: at(11),
          fifoErrors: at(14),
        },
        ...{ missed: at(15), noHandler: at(23), otherhost: at(24) },
      },
      transmit: { packets: at(1), bytes: at(3), errors: at(5), drops: at(7), fifoErrors: at(18) },
    });
  });

  it.each([
    ['virtio', 'virtio'],
    ['usb', 'nic'],
    ['', 'nic'],
  ])('takes one on the bus %j for %s', (bus, kind) => {
    const parts = [attribute(3, text('x')), attribute(56, text('y'))];
    if (bus !== '') parts.push(attribute(57, text(bus)));
    expect(parsed(linkMessage(...parts), parseLink)).toMatchObject([{ kind }]);
  });

  it('knows what is below a VXLAN, and that 0 is nothing', () => {
    const lowerOf = (type: string, lower: number, data: Buffer): number | undefined =>
      parsed(
        linkMessage(
          attribute(3, text('x')),
          attribute(5, u32(lower)),
          attribute(18, Buffer.concat([attribute(1, text(type)), attribute(2, data)])),
        ),
        parseLink,
      )[0]!.lower;
    const vni = attribute(1, u32(7));
    expect(lowerOf('vxlan', 9, Buffer.concat([vni, attribute(3, u32(5))]))).toBe(5);
    expect(lowerOf('vxlan', 9, vni)).toBeUndefined();
    expect(lowerOf('gretap', 0, vni)).toBeUndefined();
    expect(lowerOf('vlan', 9, vni)).toBe(9);
  });

  it.each([
    ['bridge', 4, true],
    ['bridge', 3, false],
    ['bond', 4, false],
  ])('knows of a port of a %s in the state %i whether it is closed', (type, state, blocked) => {
    const port = Buffer.concat([attribute(4, text(type)), attribute(5, attribute(1, Buffer.of(state)))]);
    const links = parsed(linkMessage(attribute(3, text('x')), attribute(18, port)), parseLink);
    expect(links).toMatchObject([{ portType: type, blocked }]);
  });

  const port = (name: string) => attribute(38, text(name));
  const below = attribute(5, Buffer.of(2, 0, 0, 0));
  const ofType = (type: string) => attribute(18, attribute(1, text(type)));

  it.each([
    ['a port of a switch behind a NIC', 'other', [below, ofType('dsa')]],
    ['the same before 6.0, which does not name its type', 'other', [below]],
    ['a port within a NIC towards a virtual function', 'other', [port('pf0vf3')]],
    ['one towards a subfunction of another controller', 'other', [port('c1pf0sf88')]],
    ['the uplink of a NIC with such ports', 'nic', [port('p0')]],
    ['a partition of an InfiniBand port', 'nic', [below, ofType('ipoib')]],
  ])('takes %s for %s', (_, kind, parts) => {
    const hardware = [
      attribute(3, text('x')),
      attribute(56, text('0000:01:00.0')),
      attribute(57, text('pci')),
    ];
    expect(parsed(linkMessage(...hardware, ...parts), parseLink)).toMatchObject([{ kind }]);
  });

  it('makes do with the shorter counters of an older kernel', () => {
    const stats = Buffer.alloc(23 * 8, 1);
    const [old] = parsed(linkMessage(attribute(3, text('x')), attribute(23, stats)), parseLink);
    expect(old!.receive).toMatchObject({ missed: 0x0101_0101_0101_0101, noHandler: 0, otherhost: 0 });
  });
});

describe('parseQdisc', () => {
  it('reads what hangs where and what it lost', () => {
    const names = new Map(parsed(recorded('links.bin'), parseLink).map(({ index, name }) => [index, name]));
    const qdiscs = parsed(recorded('qdiscs.bin'), parseQdisc);
    expect(
      qdiscs.map(({ device, kind, handle, parent, drops, backlog }) => [
        ...[names.get(device), kind, handle.toString(16), parent.toString(16), drops, backlog],
      ]),
    ).toEqual([
      ['bridge', 'noqueue', '0', 'ffffffff', 0, 0],
      ['tap', 'tbf', '10000', 'ffffffff', 5, 3],
      ['tap', 'clsact', 'ffff0000', 'fffffff1', 0, 0],
      ['inside', 'noqueue', '0', 'ffffffff', 0, 0],
      ['far', 'noqueue', '0', 'ffffffff', 0, 0],
      ['multi', 'mq', '70000', 'ffffffff', 0, 0],
      ['multi', 'pfifo_fast', '0', '70002', 0, 0],
      ['multi', 'pfifo_fast', '0', '70001', 0, 0],
    ]);
    expect(qdiscs[0]!.parent).toBe(TC_H_ROOT);
  });
});

describe('parseFilter', () => {
  const queue = (drops: number): Buffer =>
    attribute(3, Buffer.from(Uint32Array.of(0, 0, drops, 0, 0).buffer));
  const act = (position: number, drops: number): Buffer => attribute(position, attribute(4, queue(drops)));
  const filter = (...parts: readonly Buffer[]): Buffer =>
    messageOf(44, Buffer.concat([Buffer.alloc(20), ...parts]));
  const kind = (name: string): Buffer => attribute(1, text(name));

  it.each([
    ['flower', 3],
    ['u32', 7],
    ['matchall', 2],
  ])('adds up what the actions of a filter of the kind %s dropped', (name, type) => {
    const options = attribute(2, attribute(type, Buffer.concat([act(1, 5), act(2, 7)])));
    expect(parsed(filter(kind(name), options), parseFilter)).toEqual([{ kind: name, drops: 12 }]);
  });

  it('finds what a policer dropped that was given in the old way, and nothing in a program', () => {
    const old = attribute(3, Buffer.from(Uint32Array.of(1, 0, 2, 9, 0, 0, 0, 0, 0, 0).buffer));
    expect(parsed(filter(kind('u32'), attribute(2, Buffer.alloc(0)), old), parseFilter)).toEqual([
      { kind: 'u32', drops: 9 },
    ]);
    expect(parsed(filter(kind('bpf')), parseFilter)).toEqual([{ kind: 'bpf', drops: 0 }]);
  });
});

describe('parseVirtualFunctions', () => {
  const u64 = (value: number): Buffer => Buffer.from(BigUint64Array.of(BigInt(value)).buffer);
  /** As rtnl_fill_vfinfo has it: the address first, 36 bytes long, and the statistics last. */
  const functionOf = (number: number, ...counters: readonly number[]): Buffer => {
    const address = Buffer.alloc(36);
    address.writeUInt32LE(number);
    const types = [0, 1, 2, 3, 4, 5, 7, 8];
    const values = counters.map((value, i) => attribute(types[i]!, u64(value)));
    return attribute(1, Buffer.concat([attribute(1, address), attribute(8, Buffer.concat(values))]));
  };

  it('reads each function in every field apart', () => {
    const big = 2 ** 33;
    const list = [functionOf(0), functionOf(1, big + 1, big + 2, big + 3, big + 4, 5, 6, big + 7, big + 8)];
    const message = linkMessage(attribute(3, text('pf0')), attribute(0x8000 | 22, Buffer.concat(list)));
    const none = { packets: 0, bytes: 0, drops: 0 };
    expect(parsed(message, parseVirtualFunctions)).toEqual([
      { number: 0, receive: none, transmit: none },
      {
        number: 1,
        receive: { packets: big + 1, bytes: big + 3, drops: big + 7 },
        transmit: { packets: big + 2, bytes: big + 4, drops: big + 8 },
      },
    ]);
  });

  it('finds none in a device that lends none', () => {
    expect(parsed(recorded('links.bin'), parseVirtualFunctions)).toEqual([]);
  });
});

describe('Open vSwitch', () => {
  const u64s = (...values: readonly number[]): Buffer =>
    Buffer.from(BigUint64Array.from(values, BigInt).buffer);
  /** Behind the header of generic netlink and the index of the datapath. */
  const message = (...parts: readonly Buffer[]): Buffer =>
    messageOf(0x1c, Buffer.concat([Buffer.of(3, 2, 0, 0), u32(9), ...parts]));

  it('reads a datapath in every field apart', () => {
    const stats = u64s(2 ** 33, 2 ** 33 + 1, 2 ** 33 + 2, 4);
    expect(parsed(message(attribute(1, text('ovs-system')), attribute(3, stats)), parseDatapath)).toEqual([
      { index: 9, name: 'ovs-system', hit: 2 ** 33, missed: 2 ** 33 + 1, lost: 2 ** 33 + 2 },
    ]);
    expect(parsed(message(attribute(1, text('without counters'))), parseDatapath)).toEqual([]);
  });

  it('reads what a port lost, where the kernel counts it', () => {
    const upcalls = Buffer.concat([attribute(0, u64s(5)), attribute(1, u64s(2 ** 33))]);
    const name = attribute(3, text('tap0'));
    expect(parsed(message(name, attribute(10, upcalls)), parsePort)).toEqual([
      { name: 'tap0', lost: 2 ** 33 },
    ]);
    expect(parsed(message(name), parsePort)).toEqual([{ name: 'tap0', lost: undefined }]);
  });
});

describe('hostile bytes', () => {
  const read = (bytes: Buffer): void => {
    parsed(bytes, parseLink);
    parsed(bytes, parseQdisc);
    parsed(bytes, parseFilter);
    parsed(bytes, parseVirtualFunctions);
    parsed(bytes, parseDatapath);
    parsed(bytes, parsePort);
  };

  it('never throw, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        read(Buffer.from(bytes));
        for (const type of [16, 36, 44]) read(messageOf(type, Buffer.from(bytes)));
        new Attributes(1).parse(attribute(1, bytes), 0, bytes.length + 4).eachNested(1, (start, end) => {
          expect(start <= end && end <= bytes.length + 4).toBe(true);
        });
      }),
      { numRuns: 2000 },
    );
  });

  it.each(['links.bin', 'qdiscs.bin'])('never throw where %s is cut off or changed', (name) => {
    const bytes = recorded(name);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(bytes.length), (at, value, length) => {
        const changed = Buffer.from(bytes);
        changed[at] = value;
        read(changed.subarray(0, length));
      }),
      { numRuns: 500 },
    );
  });

  it('are not read beyond the end of a value', () => {
    const bytes = Buffer.concat([attribute(1, Buffer.of(1, 2, 3)), Buffer.alloc(8, 0xff)]);
    const attributes = new Attributes(2).parse(bytes, 0, 8);
    expect([attributes.u8(1), attributes.u32(1), attributes.u64(1), attributes.text(1)]).toEqual([
      ...[1, undefined, undefined, '\u0001\u0002\u0003'],
    ]);
    expect([attributes.has(2), attributes.has(99), attributes.u8(99)]).toEqual([false, false, undefined]);
  });
});

describe('Netlink', () => {
  it('reads the devices and qdiscs of this machine', () => {
    const names = readdirSync('/sys/class/net').filter((name) => name !== 'bonding_masters');
    const netlink = new Netlink();
    for (let i = 0; i < 2; i++)
      expect(
        readLinks(netlink)
          .map(({ name }) => name)
          .sort(),
      ).toEqual(names.sort());
    const devices = new Set(readLinks(netlink).map(({ index }) => index));
    expect(readQdiscs(netlink).filter(({ device }) => !devices.has(device))).toEqual([]);
    netlink.close();
  });

  it('reads one device alone', () => {
    const netlink = new Netlink();
    const [lo] = readLinks(netlink).filter(({ name }) => name === 'lo');
    const request = new Uint32Array(4);
    request[1] = lo!.index;
    const found = netlink.get(18, new Uint8Array(request.buffer), parseLink);
    expect(found.map(({ name }) => name)).toEqual(['lo']);
    expect(readVirtualFunctions(netlink, lo!.index)).toEqual([]);
    expect(() => readVirtualFunctions(netlink, 0x7fff_ffff)).toThrow('No such device');
    expect(readLinks(netlink).length).toBeGreaterThan(0);
    netlink.close();
  });

  it('says what the kernel refused, and works on', () => {
    const netlink = new Netlink();
    expect(() => netlink.dump(0x7fff, new Uint8Array(20), () => 1)).toThrow(NetlinkError);
    expect(() => netlink.dump(0x7fff, new Uint8Array(20), () => 1)).toThrow('Operation not supported');
    expect(readLinks(netlink).length).toBeGreaterThan(0);
    netlink.close();
  });

  it('keeps one socket until it is closed', () => {
    const netlink = new Netlink();
    const before = netlinkSockets();
    for (let i = 0; i < 10; i++) readLinks(netlink);
    expect(netlinkSockets()).toBe(before + 1);
    netlink.close();
    expect(netlinkSockets()).toBe(before);
  });
});

/** How many this process has open. */
function netlinkSockets(): number {
  const lines = readFileSync('/proc/net/netlink', 'utf8').trim().split('\n');
  const inodes = new Set(lines.map((line) => line.trim().split(/ +/).at(-1)));
  const descriptors = readdirSync('/proc/self/fd').map((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`);
    } catch {
      return '';
    }
  });
  return descriptors.filter((link) => inodes.has(/^socket:\[(\d+)\]$/.exec(link)?.[1])).length;
}

const text = (value: string): Buffer => Buffer.from(`${value}\0`);

function attribute(type: number, value: Uint8Array): Buffer {
  const bytes = Buffer.alloc((4 + value.length + 3) & ~3);
  bytes.writeUInt16LE(4 + value.length, 0);
  bytes.writeUInt16LE(type, 2);
  bytes.set(value, 4);
  return bytes;
}

function messageOf(type: number, payload: Uint8Array): Buffer {
  return dumpRequest(type, 1, payload);
}

function linkMessage(...attributes: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(16);
  header.writeInt32LE(7, 4);
  return Buffer.concat([
    messageOf(16, Buffer.concat([header, ...attributes])),
    messageOf(NLMSG_DONE, Buffer.alloc(4)),
  ]);
}
