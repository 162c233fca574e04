/**
 * The way of N frames from the bridge of a host into a capture socket of its guest, with Trapline on both sides:
 * N = captured + Σ drops by stage, to the last frame, at whichever stage the loss is forced. Who sent, the kernels and
 * the sensor say what is true.
 */
import { isDeepStrictEqual } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { APPLIANCE_TRAPLINE_PORT, Appliance } from '../appliance.js';
import type { Totals } from '../guests/capture-sensor.js';
import { LabHost } from '../host.js';
import type { Machine } from '../machine.js';
import { HOST_MODULES } from '../nested-guest.js';
import { buildExporter, scrape, startTrapline } from '../trapline.js';
import { kernelsFor } from './kernels.js';
import { growth, sumOf, total } from './metrics.js';
import { Told } from './told.js';

const PACKETS = 'trapline_path_packets_total';
const DROPS = 'trapline_path_drops_total';
const RX_DROPPED = 'trapline_path_rx_dropped_total';

const FRAMES = 1000;
/** With the 256 buffers of the guest's card, more than all frames. */
const LONG_QUEUE = 1000;
const SHORT_QUEUE = 100;
const LONG_BACKLOG = 1000;
/** Far fewer than the 64 frames that one poll of the guest's card brings. */
const SHORT_BACKLOG = 8;
/** A ring that holds all frames, though the sensor sleeps. */
const ROOMY = '--method v3 --blocks 64';

/** What Trapline says that stages carried, and what they lost. */
interface Ledger {
  carried: Record<'bridge' | 'tap' | 'guest_nic' | 'socket', number>;
  lost: Record<'softnet' | 'tap' | 'guest_softnet' | 'socket', number>;
  /** In rx_dropped. */
  unwanted: Record<'bridge' | 'guest_nic', number>;
}

const NOWHERE: Ledger['lost'] = { softnet: 0, tap: 0, guest_softnet: 0, socket: 0 };
const NONE: Ledger['unwanted'] = { bridge: 0, guest_nic: 0 };

describe.each(kernelsFor('ledger'))('on Linux %s', (kernel) => {
  let host: LabHost;
  let guest: Appliance;
  let sender: Told;
  let sensor: Told | undefined;
  /** Its name: the series of those before it end at some time. */
  let sensorName = '';
  let started = 0;

  beforeAll(async () => {
    await buildExporter();
    host = await LabHost.boot({ kernel, modules: HOST_MODULES });
    [guest] = await Promise.all([Appliance.start(host), startTrapline(host)]);
    await startTrapline(guest, '0.0.0.0');
    sender = await Told.start(host, 'frame-sender', `--device ${guest.wiring.wire}`);
  });

  afterEach(async () => {
    await sensor?.stop();
    sensor = undefined;
    await steer(0, LONG_BACKLOG);
  });

  afterAll(async () => {
    await host?.stop();
  });

  it('knows host and guest for what they are, and joins them', async () => {
    const [there, here] = await scrapes();
    expect(sumOf(there, 'trapline_vm_info', { vm: guest.name, uuid: guest.uuid })).toBe(1);
    expect(sumOf(here, 'trapline_machine_info', { role: 'guest', uuid: guest.uuid })).toBe(1);
  });

  it('loses at the tap what a guest that stands still does not take', async () => {
    await queue(SHORT_QUEUE);
    const sensor = await startSensor(ROOMY);
    const lostBefore = await counter(host, `/sys/class/net/${guest.wiring.tap}/statistics/tx_dropped`);
    const booked = await during(() => whileStopped(() => sender.tell(`${FRAMES}`)));
    const lost =
      (await counter(host, `/sys/class/net/${guest.wiring.tap}/statistics/tx_dropped`)) - lostBefore;
    expect(lost).toBeGreaterThan(0);
    expect(await sensor.tell<Totals>('totals')).toMatchObject({ packets: FRAMES - lost, drops: 0 });
    const left = FRAMES - lost;
    expect(booked).toEqual({
      carried: { bridge: FRAMES, tap: left, guest_nic: left, socket: left },
      lost: { ...NOWHERE, tap: lost },
      unwanted: NONE,
    });
  });

  it('loses in the softnet of the guest what finds the backlog of its CPU full, once', async () => {
    await queue(LONG_QUEUE);
    await steer(1, SHORT_BACKLOG);
    const sensor = await startSensor(ROOMY);
    const [backlogBefore, deviceBefore] = [await backlogDrops(), await deviceDrops()];
    const booked = await during(() => sender.tell(`${FRAMES}`));
    const lost = (await backlogDrops()) - backlogBefore;
    expect(lost).toBeGreaterThan(0);
    expect((await deviceDrops()) - deviceBefore, 'the kernel books it to the device too').toBe(lost);
    expect(await sensor.tell<Totals>('totals')).toMatchObject({ packets: FRAMES - lost, drops: 0 });
    expect(booked).toEqual({
      carried: { bridge: FRAMES, tap: FRAMES, guest_nic: FRAMES, socket: FRAMES - lost },
      lost: { ...NOWHERE, guest_softnet: lost },
      unwanted: NONE,
    });
  });

  it.each(['plain', 'v2', 'v3'])('loses in a socket what its sensor does not take: %s', async (method) => {
    await queue(LONG_QUEUE);
    const sensor = await startSensor(`--method ${method}`);
    const booked = await during(() => sender.tell(`${FRAMES}`));
    const { packets, drops } = await sensor.tell<Totals>('totals');
    expect(packets).toBe(FRAMES);
    expect(drops).toBeGreaterThan(0);
    expect(booked).toEqual({
      carried: { bridge: FRAMES, tap: FRAMES, guest_nic: FRAMES, socket: FRAMES - drops },
      lost: { ...NOWHERE, socket: drops },
      unwanted: NONE,
    });
  });

  it('explains every frame when all of them lose at once', async () => {
    await queue(SHORT_QUEUE);
    await steer(1, SHORT_BACKLOG);
    const sensor = await startSensor('--method v2');
    const booked = await during(async () => {
      await whileStopped(() => sender.tell(`${FRAMES}`));
      for (let i = 0; i < 2; i++) await sender.tell(`${FRAMES}`);
    });
    const { packets, drops } = await sensor.tell<Totals>('totals');
    const { carried, lost } = booked;
    expect(carried.socket).toBe(packets - drops);
    expect(lost.socket).toBe(drops);
    expect(lost.tap).toBeGreaterThan(0);
    expect(lost.guest_softnet).toBeGreaterThan(0);
    expect(carried.socket + total(lost)).toBe(3 * FRAMES);
  });

  /** Does something while the guest stands still. */
  async function whileStopped(work: () => Promise<unknown>): Promise<void> {
    await guest.process.signal('STOP');
    await work();
    await guest.process.signal('CONT');
  }

  /** The growth of the ledger over some work, when all that was sent has come to rest. */
  async function during(work: () => Promise<unknown>): Promise<Ledger> {
    const before = await settled();
    await work();
    const after = await settled();
    return {
      carried: growth(after.carried, before.carried),
      lost: growth(after.lost, before.lost),
      unwanted: growth(after.unwanted, before.unwanted),
    };
  }

  async function settled(): Promise<Ledger> {
    for (let last: Ledger | undefined; ;) {
      const now = await ledger();
      if (isDeepStrictEqual(now, last)) return now;
      last = now;
      await host.must('sleep 1');
    }
  }

  async function ledger(): Promise<Ledger> {
    const [there, here] = await scrapes();
    const bridge = { stage: 'bridge', device: guest.wiring.bridge };
    const tap = { stage: 'tap', vm: guest.name, direction: 'transmit' };
    const nic = { stage: 'guest_nic', device: 'eth0', direction: 'receive' };
    return {
      carried: {
        bridge: sumOf(there, PACKETS, { ...bridge, direction: 'receive' }),
        tap: sumOf(there, PACKETS, tap),
        guest_nic: sumOf(here, PACKETS, nic),
        socket: sumOf(here, 'trapline_capture_packets_total', { process: sensorName, device: 'eth0' }),
      },
      lost: {
        softnet: sumOf(there, DROPS, { stage: 'softnet' }),
        tap: sumOf(there, DROPS, tap),
        guest_softnet: sumOf(here, DROPS, { stage: 'guest_softnet' }),
        socket: sumOf(here, 'trapline_capture_drops_total', { process: sensorName, device: 'eth0' }),
      },
      unwanted: {
        bridge: sumOf(there, RX_DROPPED, bridge),
        guest_nic: sumOf(here, RX_DROPPED, { stage: 'guest_nic', device: 'eth0' }),
      },
    };
  }

  /** What the host and the guest say; the guest is asked from the host, as a scraper would. */
  const scrapes = (): Promise<[host: string, guest: string]> =>
    Promise.all([scrape(host), scrape(host, APPLIANCE_TRAPLINE_PORT)]);

  async function startSensor(options: string): Promise<Told> {
    sensorName = `sensor-${++started}`;
    sensor = await Told.start(guest, 'capture-sensor', `--device eth0 --name ${sensorName} ${options}`);
    return sensor;
  }

  const queue = (frames: number): Promise<string> =>
    host.must(`ip link set ${guest.wiring.tap} txqueuelen ${frames}`);

  /** Has the guest's CPU put the frames of eth0 into its backlog of this length, or not, with a mask of 0. */
  const steer = (mask: number, backlog: number): Promise<string> =>
    guest.must(`echo ${mask} > /sys/class/net/eth0/queues/rx-0/rps_cpus &&
      echo ${backlog} > /proc/sys/net/core/netdev_max_backlog`);

  const deviceDrops = (): Promise<number> => counter(guest, '/sys/class/net/eth0/statistics/rx_dropped');

  const backlogDrops = async (): Promise<number> =>
    Number.parseInt((await guest.must('cut -d " " -f 2 /proc/net/softnet_stat')).trim(), 16);
});

const counter = async (machine: Machine, file: string): Promise<number> =>
  Number(await machine.must(`cat ${file}`));
