import { expect, it } from 'vitest';
import { capture_method, capture_socket } from '../../kernel/index.js';
import { parseSocket } from './socket.js';

const { fields, size } = capture_socket;

function record(ifindex: number, device: string, method: number = capture_method.METHOD_V2): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUInt32LE(method, fields.method.offset);
  bytes.writeBigUInt64LE(7n, fields.cookie.offset);
  bytes.writeBigUInt64LE(2n ** 40n, fields.folded_delivered.offset);
  bytes.writeUInt32LE(2 ** 32 - 1, fields.drops.offset);
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
