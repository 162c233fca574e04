import { expect, it } from 'vitest';
import { capture_method, capture_socket } from '../../kernel/index.js';
import { parseSocket } from './socket.js';

const { fields, size } = capture_socket;

function record(
  ifindex: number,
  device: string,
  method: number = capture_method.METHOD_V2,
  fanout = 0x10007,
): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUInt32LE(method, fields.method.offset);
  bytes.writeBigUInt64LE(7n, fields.cookie.offset);
  bytes.writeBigUInt64LE(2n ** 40n, fields.folded_delivered.offset);
  bytes.writeUInt32LE(2 ** 32 - 1, fields.drops.offset);
  bytes.writeUInt32LE(4711, fields.tgid.offset);
  bytes.writeBigUInt64LE(12_345_678_901n, fields.start_ns.offset);
  bytes.writeUInt32LE(fanout, fields.fanout.offset);
  bytes.writeUInt32LE(ifindex, fields.ifindex.offset);
  bytes.write('fifteen bytes \xff', fields.process.offset, 'latin1');
  bytes.write(device, fields.device.offset);
  return bytes;
}

it('reads a record, whatever bytes the name is made of', () => {
  expect(parseSocket(record(2, 'eth0'))).toEqual({
    cookie: 7,
    process: 'fifteen bytes \ufffd',
    device: 'eth0',
    method: 'v2',
    ringBytes: 0,
    holder: { pid: 4711, startTicks: 1234 },
    fanout: '7',
    folded: [2 ** 40, 0, 0],
    current: [0, 2 ** 32 - 1, 0],
  });
});

it('tells every device from one that is gone', () => {
  expect(parseSocket(record(0, ''))?.device).toBe('any');
  expect(parseSocket(record(2 ** 32 - 1, ''))?.device).toBe('removed');
});

it('leaves out a method it does not know', () => {
  expect(parseSocket(record(1, 'eth0', 99))).toBeUndefined();
});

it('tells the fanout group 0 from none', () => {
  expect(parseSocket(record(1, 'eth0', capture_method.METHOD_V3, 0x10000))?.fanout).toBe('0');
  expect(parseSocket(record(1, 'eth0', capture_method.METHOD_V3, 0))?.fanout).toBe('');
});
