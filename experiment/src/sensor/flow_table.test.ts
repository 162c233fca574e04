import { describe, expect, it } from 'vitest';
import { FlowTable } from './flow_table.js';

/** A frame of UDP over IPv4 between two documentation addresses (RFC 5737). */
function frame({ source = 1, port = 9, protocol = 17, fragment = 0, type = 0x0800 } = {}): Buffer {
  const bytes = Buffer.alloc(60);
  bytes.writeUInt16BE(type, 12);
  bytes[14] = 0x45;
  bytes.writeUInt16BE(fragment, 20);
  bytes[23] = protocol;
  bytes.set([198, 51, 100, source, 198, 51, 100, 9], 26);
  bytes.writeUInt16BE(port, 34);
  return bytes;
}

const flowsOf = (...frames: Buffer[]): number => {
  const table = new FlowTable();
  for (const each of frames) table.add(each);
  return table.size;
};

describe('FlowTable', () => {
  it('tells flows by addresses, ports and protocol', () => {
    expect(flowsOf(frame(), frame())).toBe(1);
    expect(flowsOf(frame(), frame({ source: 2 }), frame({ port: 10 }), frame({ protocol: 6 }))).toBe(4);
  });

  it('knows no ports where there are none', () => {
    expect(flowsOf(frame({ protocol: 1 }), frame({ protocol: 1, port: 10 }))).toBe(1);
    expect(flowsOf(frame({ fragment: 5 }), frame({ fragment: 5, port: 10 }))).toBe(1);
  });

  it('leaves out what is no IPv4, or cut short', () => {
    expect(flowsOf(frame({ type: 0x86dd }), frame().subarray(0, 20))).toBe(0);
  });

  it('holds no more than 65536 flows', () => {
    const table = new FlowTable();
    for (let i = 0; i < 65536 + 10; i++) table.add(frame({ source: i >> 16, port: i & 0xffff }));
    expect(table.size).toBe(65536);
  });
});
