/**
 * Where the CPUs are under four loads that each must raise what they are named for, and nothing else as much. Shares under
 * emulation are not those of a processor; which of them rises is.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guestNameArguments } from '../guests/guest-name.js';
import { LabHost } from '../host.js';
import { buildExporter, startTrapline } from '../trapline.js';
import { kernelsFor } from './kernels.js';
import { sumOf } from './metrics.js';
import { flood } from './pktgen.js';
import { LabPortWriter } from './port-writer.js';
import { TalkingGuest } from './talking-guest.js';
import { timedScrape, type TimedScrape } from './timed-scrape.js';

const METRIC = 'trapline_cpu_seconds_total';
const USER_HZ = 100;

/** Some six hundred samples. */
const WINDOW_S = 12;
/** When Trapline must have seen a new process. */
const NOTICED_S = 8;

/** What the kernel does for packets; guests, their VMMs and the senders are not in it. */
const NETWORK = ['interrupt', 'polling', 'copy', 'bridging', 'capture'] as const;
type Shares = Record<(typeof NETWORK)[number], number>;

const CABLES = `echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6
  ip link add switch type bridge
  for end in near far; do
    ip link add $end type veth peer name $end-port
    ip link set $end-port master switch
  done
  for device in switch near near-port far far-port; do ip link set $device up; done`;

describe.each(kernelsFor('cpu-activity'))('on Linux %s', (kernel) => {
  let host: LabHost;
  let first: TimedScrape;
  let idle: Shares;

  beforeAll(async () => {
    await buildExporter();
    host = await LabHost.boot({ kernel });
    // A VM that ends takes nothing out of the sums.
    await startTrapline(host, '127.0.0.1', '--linger', '3600');
    first = await timedScrape(host);
    // Trapline is there before these are: it must learn where their functions lie.
    await host.must('modprobe -a kvm_amd vhost_net tun bridge veth pktgen');
    await host.must(CABLES);
    await sleep(NOTICED_S * 1000);
    idle = shares(await watch(host, WINDOW_S));
  });

  afterAll(async () => {
    await host?.stop();
  });

  it('sees a spinning vCPU as guest, of its VM and of no other', async () => {
    const still = await LabPortWriter.start(host, 'still');
    const program = 'node --import tsx lab/guests/spinner.ts';
    const spinner = await host.spawn([program, ...guestNameArguments('spinner')].join(' '));
    await spinner.line(1);
    await sleep(NOTICED_S * 1000);
    const before = await guestSeconds(host, spinner.pid);
    const grown = await watch(host, WINDOW_S);
    const took = (await guestSeconds(host, spinner.pid)) - before;
    const guest = grown({ activity: 'guest', vm: 'spinner' });
    expect(guest).toBeGreaterThan(0.75 * took);
    expect(guest).toBeGreaterThan(grown() / 2);
    expect(grown({ activity: 'guest' }) - guest).toBeCloseTo(0, 6);
    await spinner.stop('KILL');
    await still.process.stop('KILL');
  });

  it('sees a flood over a bridge as bridging and polling, and a sensor beside it as capture', async () => {
    const stop = await flood(host, 'near', 'dst_mac 02:00:00:00:00:99');
    const flooded = shares(await watch(host, WINDOW_S));
    const sensor = await host.spawn('tcpdump -Z root -i far -w /dev/null');
    await sleep(NOTICED_S * 1000);
    const sensed = shares(await watch(host, WINDOW_S));
    await sensor.stop();
    await stop();
    expect(risen(idle, flooded).slice(0, 2).sort()).toEqual(['bridging', 'polling']);
    expect(flooded.capture).toBe(0);
    expect(risen(flooded, sensed)[0]).toBe('capture');
  });

  it('sees vhost bringing large frames into a guest as copy', async () => {
    const addresses = { hostAddress: '10.1.0.1', guestAddress: '10.1.0.2' };
    const card = { tap: 'tap0', ...addresses, vhost: true, ioeventfd: true };
    const guest = await TalkingGuest.start(host, 'fed', [card]);
    await host.must(`ip link set ${card.tap} mtu 65000`);
    // Their pages are shared: to make such a frame costs little, to hand it over is 60 kB.
    const stop = await flood(host, card.tap, 'dst_mac ff:ff:ff:ff:ff:ff', 'pkt_size 60000', 'frags 16');
    await sleep(NOTICED_S * 1000);
    const fed = shares(await watch(host, WINDOW_S));
    await stop();
    await guest.process.stop('KILL');
    expect(risen(idle, fed)[0]).toBe('copy');
    expect(fed.copy - idle.copy).toBeGreaterThan(0.03);
  });

  it('has added up, through all this, to all CPUs and all of the time', async () => {
    const last = await timedScrape(host);
    const cpus = Number(await host.must('nproc'));
    const sum = difference(first, last)();
    expect(sum).toBeGreaterThan(0.98 * cpus * (last.from - first.to));
    expect(sum).toBeLessThan(1.02 * cpus * (last.to - first.from));
  });
});

/** Seconds of all CPUs, of the series with these labels. */
type Grown = (labels?: Readonly<Record<string, string>>) => number;

const difference =
  (before: TimedScrape, after: TimedScrape): Grown =>
  (labels = {}) =>
    sumOf(after.text, METRIC, labels) - sumOf(before.text, METRIC, labels);

async function watch(host: LabHost, seconds: number): Promise<Grown> {
  const before = await timedScrape(host);
  await sleep(seconds * 1000);
  return difference(before, await timedScrape(host));
}

function shares(grown: Grown): Shares {
  const all = grown();
  return Object.fromEntries(
    NETWORK.map((activity) => [activity, grown({ activity }) / all]),
  ) as unknown as Shares;
}

/** From what has risen most to what has risen least. */
function risen(before: Shares, after: Shares): string[] {
  const rise = (activity: keyof Shares): number => after[activity] - before[activity];
  return [...NETWORK].sort((a, b) => rise(b) - rise(a));
}

/** A process's time in a guest, as the scheduler has it: field 43 of /proc/<pid>/stat. */
async function guestSeconds(host: LabHost, pid: number): Promise<number> {
  const fields = (await host.must(`cat /proc/${pid}/stat`)).replace(/^.*\) /s, '').split(' ');
  return Number(fields[43 - 3]) / USER_HZ;
}
