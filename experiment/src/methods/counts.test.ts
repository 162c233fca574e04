/** What sensors and sources wrote in the lab, word for word. */
import { describe, expect, it } from 'vitest';
import { sentIn } from '../load/pktgen.js';
import { lastCountIn } from './fanout.js';
import { statisticsIn } from './softflowd.js';
import { countsIn } from './tcpdump.js';
import { framesOf } from './xdp.js';

describe('counts', () => {
  it('of tcpdump, asked twice and then ended', () => {
    const text = `tcpdump: listening on eth0, link-type EN10MB (Ethernet), snapshot length 128 bytes
tcpdump: 1000 packets captured, 1021 packets received by filter, 1 packet dropped by kernel
tcpdump: 1 packet captured, 1 packet received by filter, 0 packets dropped by kernel
21000 packets captured
21100 packets received by filter
100 packets dropped by kernel
`;
    expect(countsIn(text)).toEqual([
      { delivered: 1000, lost: 1, waiting: 20 },
      { delivered: 1, lost: 0, waiting: 0 },
      { delivered: 21000, lost: 100, waiting: 0 },
    ]);
  });

  it('of softflowd', () => {
    const text = `softflowd[256]: Accumulated statistics since 2026-11-22T20:59:47 UTC:
Number of active flows: 1
Packets processed: 18964
Ignored packets: 0 (0 non-IP, 0 too short)
Packets received by libpcap: 20020
Packets dropped by libpcap: 20
Packets dropped by interface: 0
`;
    expect(statisticsIn(text)).toEqual({ delivered: 20000, lost: 20 });
    expect(() => statisticsIn('No such file')).toThrow(
      'softflowd says nothing of packets dropped: No such file',
    );
  });

  it('of netsniff-ng, when it has ended', () => {
    const text = `Running! Hang up with ^C!

         941  packets incoming (0 unread on exit)
         940  packets passed filter
           1  packets failed filter (out of space)
      0.1063% packet droprate
`;
    expect(lastCountIn(text)).toEqual({ delivered: 940, lost: 1 });
    expect(lastCountIn('Running! Hang up with ^C!')).toBeUndefined();
  });

  it('of an XDP program on all CPUs', () => {
    const cpu = (frames: number) => ({ cpu: 0, value: { frames, bytes: 60 * frames } });
    const dump = [{ key: ['0x00'], formatted: { key: 0, values: [cpu(1000), cpu(7)] } }];
    expect(framesOf(JSON.stringify(dump))).toBe(1007);
  });

  it('of pktgen, with what its device could not bring over', () => {
    expect(sentIn('Current:\n     pkts-sofar: 20000  errors: 3\n     started: 1us')).toBe(20003);
    expect(() => sentIn('')).toThrow('pktgen says no count');
  });
});
