import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tap_file, tap_kind } from '../kernel/index.js';
import { joinQueues, parseTapFile, tapsFromHolders, type TapQueue } from './taps.js';
import type { Holder } from './types.js';

const { fields, size } = tap_file;

function record(values: Partial<Record<keyof typeof fields, number>>, device = 'tap0'): Buffer {
  const bytes = Buffer.alloc(size);
  for (const [name, value] of Object.entries(values)) {
    const { type, offset } = fields[name as keyof typeof fields];
    if (type === 'u64') bytes.writeBigUInt64LE(BigInt(value), offset);
    else bytes.writeUInt32LE(value, offset);
  }
  bytes.write(device, fields.device.offset);
  return bytes;
}

const identity = { netns: 4026532178, ifindex: 2, kind: tap_kind.KIND_TAP };

it('reads a record, whatever the name of the device', () => {
  const counts = {
    ...{ rx_packets: 1, rx_bytes: 2, rx_errors: 3, rx_dropped: 4, tx_packets: 5, tx_bytes: 6 },
    tx_dropped: 2 ** 40,
  };
  const process = { tgid: 70, start_ns: 1_999_999_999 };
  const queue = { queue: 3, waiting: 8, room: 9, counted: 1 };
  expect(parseTapFile(record({ ...identity, ...process, ...queue, ...counts }, 't"{},\\=😀'))).toEqual({
    queue: 3,
    tap: {
      netns: 4026532178,
      ifindex: 2,
      kind: 'tap',
      device: 't"{},\\=😀',
      holders: [{ pid: 70, startTicks: 199 }],
      queue: { waiting: 8, room: 9 },
      counters: {
        receive: { packets: 1, bytes: 2, errors: 3, drops: 4 },
        transmit: { packets: 5, bytes: 6, errors: 0, drops: 2 ** 40 },
      },
    },
  });
  expect(parseTapFile(record({ ...identity, kind: tap_kind.KIND_MACVTAP })).tap).toMatchObject({
    kind: 'macvtap',
  });
  expect(parseTapFile(record(identity)).tap).not.toHaveProperty('counters');
});

it('counts a device once, and each of its queues, whoever holds them', () => {
  const queue = (pid: number, number: number, more: Partial<typeof identity> = {}): TapQueue =>
    parseTapFile(
      record({
        ...identity,
        ...more,
        tgid: pid,
        queue: number,
        waiting: 1,
        room: 10,
        counted: number ? 0 : 1,
      }),
    );
  const taps = joinQueues([
    queue(70, 1),
    queue(70, 0),
    queue(71, 0), // a child of 70
    queue(72, 0, { netns: 5 }),
    queue(73, 0, { ifindex: 0 }),
    queue(74, 0, { ifindex: 0 }),
  ]);
  expect(
    taps.map(({ holders, queue, counters }) => [
      holders.map(({ pid }) => pid),
      queue,
      counters !== undefined,
    ]),
  ).toEqual([
    [[70, 71], { waiting: 2, room: 20 }, true],
    [[72], { waiting: 1, room: 10 }, true],
    [[73], { waiting: 1, room: 10 }, true],
    [[74], { waiting: 1, room: 10 }, true],
  ]);
});

it('takes what is known by name for where its process is', () => {
  const root = mkdtempSync(join(tmpdir(), 'trapline-taps-'));
  mkdirSync(join(root, 'proc/self/ns'), { recursive: true });
  symlinkSync('net:[4]', join(root, 'proc/self/ns/net'));
  mkdirSync(join(root, 'sys/class/net/tap0'), { recursive: true });
  writeFileSync(join(root, 'sys/class/net/tap0/ifindex'), '12\n');
  const holders: Holder[] = [
    { pid: 70, kind: 'kvm-vm' },
    { pid: 70, kind: 'tap', device: 'tap0', netns: 4 },
    { pid: 71, kind: 'tap', device: 'tap0', netns: 5 },
    { pid: 72, kind: 'macvtap', device: 'other', netns: 5 },
    { pid: 73, kind: 'tap', device: 'tap0' },
  ];
  const tap = { kind: 'tap', device: 'tap0' };
  expect(tapsFromHolders(holders, { proc: join(root, 'proc'), sys: join(root, 'sys') })).toEqual([
    { ...tap, netns: 4, ifindex: 12, holders: [{ pid: 70 }] },
    { ...tap, netns: 5, ifindex: 0, holders: [{ pid: 71 }] },
    { kind: 'macvtap', device: '', netns: 5, ifindex: 0, holders: [{ pid: 72 }] },
  ]);
  rmSync(root, { recursive: true });
});
