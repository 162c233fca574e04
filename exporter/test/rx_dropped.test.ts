import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { close } from '../../experiment/src/sensor/libc.js';
import { openTap } from '../../experiment/src/sensor/network.js';
import type { Totals } from '../../lab/guests/capture-sensor.js';
import { Exporter } from './exporter.js';
import { FRAME, layBridge, linkDetails, readFrames, sendFrames } from './frames.js';
import { ground, missing } from './ground.js';
import { enterOwnNetwork, ip } from './namespace.js';
import { Told } from './told.js';

const FRAMES = 1000;
const TAGGED_FRAMES = 300;
const SENSOR = join(import.meta.dirname, '../../lab/guests/capture-sensor.ts');

const EVERYBODY = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
const STRANGER = [2, 0, 0, 0, 0, 2];
/** IEEE 802.1AB: bridges hand it up at the port and do not pass it on. */
const NEAREST_BRIDGE = [0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e];

const UNKNOWN = [0x88, 0xb5];
const PPPOE = [0x88, 0x64];
const LLDP = [0x88, 0xcc];
const tagged = (protocol: readonly number[]): number[] => [0x81, 0x00, 0, 5, ...protocol];
const QINQ = [0x88, 0xa8, 0, 6, ...tagged([0x08, 0x00])];

/** As long as FRAME. */
function frameOf(to: readonly number[], protocol: readonly number[]): typeof FRAME {
  const frame = new Uint8Array(FRAME.length);
  frame.set([...to, 2, 0, 0, 0, 0, 1, ...protocol]);
  return frame;
}

/**
 * The kernel books in rx_dropped of a device what no protocol handler took. Frames come over a cable into a bridge with a tap;
 * the reader of the tap, and a capture socket on the bridge, are to get them all.
 */
describe.skipIf(!ground.root || !ground.btf)(
  `frames that no protocol of this machine wants${missing('root', 'btf')}`,
  () => {
    let exporter: Exporter;
    let tap: number;
    beforeAll(async () => {
      enterOwnNetwork();
      layBridge();
      tap = openTap('tap', FRAMES);
      ip('link set tap master bridge');
      exporter = await Exporter.start('--no-collector.vm_exit');
    });
    afterAll(async () => {
      await exporter?.stop();
      if (tap !== undefined) close(tap);
    });

    /** What some work adds to rx_dropped, by the kernel and by Trapline. Nothing else may count a loss. */
    async function during(stage: string, device: string, work: () => Promise<void>): Promise<number[]> {
      const look = async () => {
        const scrape = await exporter.scrape();
        const drops = scrape.find('trapline_path_drops_total').map(({ labels, value }) => [labels, value]);
        const rxDropped = scrape.find('trapline_path_rx_dropped_total', { stage, device });
        return { drops, rxDropped, kernel: linkDetails(device).stats64.rx.dropped };
      };
      const before = await look();
      await work();
      const after = await look();
      expect(after.drops).toEqual(before.drops);
      expect([before.rxDropped.length, after.rxDropped.length]).toEqual([1, 1]);
      return [after.kernel - before.kernel, after.rxDropped[0]!.value - before.rxDropped[0]!.value];
    }

    it.each([
      ['broadcasts of an unknown protocol', 'off', frameOf(EVERYBODY, UNKNOWN)],
      ['PPPoE for a stranger, with a promiscuous bridge', 'on', frameOf(STRANGER, PPPOE)],
    ])('are no loss of a bridge whose tap gets them all: %s', async (_, promiscuous, frame) => {
      ip(`link set bridge promisc ${promiscuous}`);
      const unwanted = await during('bridge', 'bridge', async () => {
        await sendFrames('source', FRAMES, frame);
        expect(readFrames(tap)).toBe(FRAMES);
      });
      expect(unwanted).toEqual([FRAMES, FRAMES]);
      ip('link set bridge promisc off');
    });

    it.each([
      ['QinQ', frameOf(EVERYBODY, QINQ)],
      ['tagged LLDP', frameOf(EVERYBODY, tagged(LLDP))],
    ])('are no loss of a bridge where a capture socket gets them all: %s', async (_, frame) => {
      const options = ['--method', 'v3', '--blocks', '64', '--device', 'bridge'];
      const node = ['--import', import.meta.resolve('tsx'), SENSOR, ...options];
      const sensor = await Told.start(process.execPath, node);
      const unwanted = await during('bridge', 'bridge', async () => {
        await sendFrames('source', TAGGED_FRAMES, frame);
        expect(readFrames(tap)).toBe(TAGGED_FRAMES);
      });
      expect(await sensor.tell<Totals>('totals')).toMatchObject({ packets: TAGGED_FRAMES, drops: 0 });
      await sensor.stop();
      expect(unwanted).toEqual([TAGGED_FRAMES, TAGGED_FRAMES]);
    });

    it('are no loss of a tap whose guest announces itself by LLDP', async () => {
      const unwanted = await during('tap', 'tap', async () => {
        for (let i = 0; i < FRAMES; i++) writeSync(tap, frameOf(NEAREST_BRIDGE, LLDP));
      });
      expect(unwanted).toEqual([FRAMES, FRAMES]);
    });
  },
);
