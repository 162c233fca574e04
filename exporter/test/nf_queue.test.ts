import { execFileSync } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Exporter, until } from './exporter.js';
import { ground, missing } from './ground.js';
import { enterOwnNetwork } from './namespace.js';
import { NfQueueHolder } from './nf_queue.js';
import { falls, type Scrape } from './scrape.js';

const PACKETS = 1000;
const LENGTH = 100;
const QUEUES = { short: 7, deaf: 8 };

const file = '/proc/net/netfilter/nfnetlink_queue';
const lacks = existsSync(file) ? '' : ' (needs nfnetlink_queue)';

/** What the kernel says of a queue, in the columns of its file. */
function shown(queue: number): { full: number; bufferFull: number; queued: number } {
  const rows = readFileSync(file, 'utf8').trim().split('\n');
  const row = rows.map((line) => line.trim().split(/ +/).map(Number)).find(([number]) => number === queue)!;
  return { full: row[5]!, bufferFull: row[6]!, queued: row[7]! };
}

describe.skipIf(!ground.root || !ground.btf || lacks !== '')(
  `queues of netfilter${missing('root', 'btf')}${lacks}`,
  () => {
    let exporter: Exporter;
    let sender: Socket;
    let holder: NfQueueHolder;
    const scrapes: Scrape[] = [];

    beforeAll(async () => {
      enterOwnNetwork();
      for (const queue of Object.values(QUEUES))
        iptables(`-A INPUT -p udp --dport ${queue} -j NFQUEUE --queue-num ${queue}`);
      exporter = await Exporter.start();
      sender = createSocket('udp4');
    });
    afterAll(async () => {
      sender?.close();
      await exporter?.stop();
    });
    beforeEach(() => {
      scrapes.length = 0;
    });
    afterEach(() => {
      holder.close();
      expect(falls(scrapes)).toEqual([]);
    });

    /** What is exported of a queue. */
    const counted = async (queue: number) => {
      const scrape = await exporter.scrape();
      scrapes.push(scrape);
      const labels = { device: `queue ${queue}`, method: 'nfqueue', process: ownName() };
      const lost = (cause: string) =>
        scrape.sum('trapline_nfqueue_drops_total', { queue: `${queue}`, cause });
      return {
        delivered: scrape.sum('trapline_capture_packets_total', labels),
        dropped: scrape.sum('trapline_capture_drops_total', labels),
        sockets: scrape.sum('trapline_capture_sockets', labels),
        waiting: scrape.sum('trapline_nfqueue_waiting_packets', { queue: `${queue}` }),
        causes: { queue: lost('queue'), buffer: lost('buffer') },
      };
    };
    type Counted = Awaited<ReturnType<typeof counted>>;
    /** The loader looks once a second. */
    const comesTo = async (queue: number, expected: Counted): Promise<void> => {
      let last: Counted | undefined;
      await until(async () => {
        last = await counted(queue);
        return JSON.stringify(last) === JSON.stringify(expected);
      }).catch(() => {});
      expect(last).toEqual(expected);
    };

    it('lose what finds them full: sent = waiting + dropped, also over one that is bound anew', async () => {
      const lost = PACKETS - LENGTH;
      for (const round of [1, 2]) {
        holder = new NfQueueHolder();
        holder.bind(QUEUES.short, LENGTH);
        await send(sender, QUEUES.short);
        expect(shown(QUEUES.short)).toEqual({ full: lost, bufferFull: 0, queued: LENGTH });
        const sums = { delivered: round * LENGTH, dropped: round * lost, sockets: 1 };
        const causes = { queue: round * lost, buffer: 0 };
        await comesTo(QUEUES.short, { ...sums, waiting: LENGTH, causes });
        expect(holder.take()).toBe(LENGTH);
        await comesTo(QUEUES.short, { ...sums, waiting: 0, causes });
        if (round === 1) holder.close();
      }
      // The same socket lets go of it and binds it again.
      holder.unbind(QUEUES.short);
      holder.bind(QUEUES.short, LENGTH / 2);
      await send(sender, QUEUES.short);
      await comesTo(QUEUES.short, {
        ...{ delivered: 2.5 * LENGTH, dropped: 2 * lost + PACKETS - LENGTH / 2, sockets: 1 },
        waiting: LENGTH / 2,
        causes: { queue: 2 * lost + PACKETS - LENGTH / 2, buffer: 0 },
      });
    });

    it('lose what the receive buffer of their reader has no room for: sent = read + dropped', async () => {
      holder = new NfQueueHolder(20_000);
      holder.bind(QUEUES.deaf, 2 * PACKETS);
      await send(sender, QUEUES.deaf);
      const { bufferFull: dropped } = shown(QUEUES.deaf);
      const read = holder.take();
      expect(read).toBeGreaterThan(0);
      expect(read).toBe(PACKETS - dropped);
      await comesTo(QUEUES.deaf, {
        ...{ delivered: read, dropped, sockets: 1, waiting: 0 },
        causes: { queue: 0, buffer: dropped },
      });
    });
  },
);

const ownName = (): string => readFileSync('/proc/self/comm', 'utf8').replace(/\n$/, '');

function iptables(rule: string): void {
  execFileSync('iptables', rule.split(' '));
}

/** Over the loopback each packet has come to the rule when it is sent. */
async function send(socket: Socket, port: number): Promise<void> {
  for (let i = 0; i < PACKETS; i++)
    await new Promise<void>((resolve, reject) =>
      socket.send('x', port, '127.0.0.1', (error) => (error ? reject(error) : resolve())),
    );
}
