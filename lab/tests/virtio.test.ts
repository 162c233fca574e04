/**
 * Kicks and injections that Trapline counts on a KVM host, against what the guest's driver and interrupt table say and
 * against kprobes. Everything is compared from one silence to another, so that nothing is on its way when it is read.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { guestNameArguments } from '../guests/guest-name.js';
import { LabHost } from '../host.js';
import type { LabProcess } from '../process.js';
import { startTraffic } from '../traffic.js';
import { buildExporter, scrape, startTrapline } from '../trapline.js';
import { InterruptTrace } from './interrupt-trace.js';
import { KernelProbes } from './kernel-probes.js';
import { kernelsFor } from './kernels.js';
import { sumOf } from './metrics.js';
import { TalkingGuest, type Card } from './talking-guest.js';

const VM = 'talking';

const IN_KERNEL: Card = {
  ...{ tap: 'tap0', hostAddress: '10.1.0.1', guestAddress: '10.1.0.2' },
  ...{ vhost: true, ioeventfd: true },
};
const IN_VMM: Card = {
  ...{ tap: 'tap1', hostAddress: '10.2.0.1', guestAddress: '10.2.0.2' },
  ...{ vhost: false, ioeventfd: false },
};

/** Of a hundred pings: on a slow machine two can share a kick or an interrupt. */
const SOME = 50;

const PROBES = [
  'r:kick ioeventfd_write key=$retval:s32',
  'r:inatomic kvm_arch_set_irq_inatomic key=$retval:s32',
  'p:inject irqfd_inject key=\\1:u32',
  'r:msi kvm_send_userspace_msi key=$retval:s32',
];

/** What was counted so far, by who counted it. */
type Counts = Record<string, number>;

describe.each(kernelsFor('virtio'))('on Linux %s', (kernel) => {
  let host: LabHost;
  let trapline: LabProcess;
  let probes: KernelProbes;
  let guest: TalkingGuest;

  beforeAll(async () => {
    await buildExporter();
    host = await LabHost.boot({ kernel, modules: ['kvm_amd', 'vhost_net', 'tun'] });
    trapline = await startTrapline(host);
    probes = await KernelProbes.start(host, PROBES);
    guest = await TalkingGuest.start(host, VM, [IN_KERNEL, IN_VMM]);
    // At the first interrupt of a queue the guest writes its MSI-X entry, five times 4 bytes that the VMM carries out.
    for (const card of [IN_KERNEL, IN_VMM]) await ping(card, 1);
  });

  afterAll(async () => {
    await host?.stop();
  });

  it('has every program attached', async () => {
    const text = await scrape(host);
    expect(sumOf(text, 'trapline_program_attached', { collector: 'virtio' })).toBe(7);
  });

  it('counts doorbells answered by vhost, and its interrupts, to the last one', async () => {
    const counted = await during(() => ping(IN_KERNEL, 100));
    expect(counted).toMatchObject({ 'ours deferred': 0, 'ours vmm kicks': 0, 'ours vmm': 0 });
    expect(counted['ours ioeventfd']).toBe(counted['guest kicks eth0']);
    expect(counted['ours ioeventfd']).toBe(counted['kprobe kicks']);
    expect(counted['ours fast']).toBe(counted['guest interrupts virtio0']);
    expect(counted['ours fast']).toBe(counted['kprobe fast']);
    expect(counted['guest kicks eth0']).toBeGreaterThan(SOME);
    expect(counted['guest interrupts virtio0']).toBeGreaterThan(SOME);
  });

  it('counts doorbells answered by the VMM, and its interrupts, to the last one', async () => {
    const counted = await during(() => ping(IN_VMM, 100));
    expect(counted).toMatchObject({ 'ours ioeventfd': 0, 'ours fast': 0, 'ours deferred': 0 });
    expect(counted['ours vmm kicks']).toBe(counted['guest kicks eth1']);
    expect(counted['ours vmm']).toBe(counted['guest interrupts virtio1']);
    expect(counted['ours vmm']).toBe(counted['kprobe msi']);
    expect(counted['guest kicks eth1']).toBeGreaterThan(SOME);
    expect(counted['guest interrupts virtio1']).toBeGreaterThan(SOME);
  });

  it('counts the same under a load, whose interrupts are taken or joined to one that waits', async () => {
    const trace = await InterruptTrace.start(host);
    const counted = await during(async () => {
      const traffic = await startTraffic(host, IN_KERNEL.tap);
      const pings = await Promise.all([1, 2, 3].map(() => ping(IN_KERNEL, 200, '-A')));
      await traffic.stop('KILL');
      return pings;
    });
    expect(counted['ours ioeventfd']).toBe(counted['guest kicks eth0']);
    expect(counted['ours ioeventfd']).toBe(counted['kprobe kicks']);
    expect(counted['ours fast']).toBe(counted['kprobe fast']);
    // Read last: what asking the guest has added came by its serial line, whose interrupts are no messages.
    const { accepted, joined } = await trace.take();
    expect(counted['ours fast']).toBe(accepted);
    expect(counted['guest interrupts virtio0']! + joined).toBe(counted['ours fast']);
    expect(counted['guest kicks eth0']).toBeGreaterThan(0);
  });

  it('tells interrupts that a kernel worker gives from those that the VMM asks for', async () => {
    const before = await probes.read('inject');
    const argv = ['--line', '30', '--eventfd', '40', ...guestNameArguments('raiser')].join(' ');
    const raiser = await host.spawn(`node --import tsx lab/guests/irq-raiser.ts ${argv}`);
    await raiser.line(1);
    const injections = await oursOf('raiser');
    const injected = total(await probes.read('inject')) - total(before);
    expect(injections).toMatchObject({ 'ours vmm': 30, 'ours fast': 0, 'ours deferred': injected });
    expect(injected).toBeGreaterThan(0);
    await raiser.stop('KILL');
  });

  it('shows the time of the vhost workers that the scheduler shows', async () => {
    await silence();
    // sum_exec_runtime in ms with six digits: nanoseconds.
    const workers = await host.must(`for task in /proc/[0-9]*/task/*; do
        grep -qs '^vhost-${guest.process.pid}$' $task/comm && grep sum_exec_runtime $task/sched; done; true`);
    const ms = [...workers.matchAll(/: +([\d.]+)$/gm)].reduce((sum, [, text]) => sum + Number(text), 0);
    const text = await scrape(host);
    const seconds = sumOf(text, 'trapline_vhost_seconds_total', { vm: VM, state: 'running' });
    expect(Math.round(seconds * 1e9)).toBe(Math.round(ms * 1e6));
    expect(seconds).toBeGreaterThan(0);
    expect(sumOf(text, 'trapline_vhost_seconds_total', { vm: VM, state: 'runqueue' })).toBeGreaterThan(0);
  });

  it('lost nothing, and keeps no VM that has ended', async () => {
    expect(sumOf(await scrape(host), 'trapline_events_lost_total', { collector: 'virtio' })).toBe(0);
    const known = async (): Promise<number> =>
      (JSON.parse(await host.must('bpftool -j map dump name vms')) as unknown[]).length;
    expect(await known()).toBe(1);
    await guest.process.stop('KILL');
    await expect.poll(known, { timeout: 60_000 }).toBe(0);
    await trapline.stop();
  });

  /** What was counted while the work was done. The guest is asked outside of it: its answers are traffic too. */
  async function during(work: () => Promise<unknown>): Promise<Counts> {
    const guestBefore = await guestCounts();
    const hostBefore = await silence();
    await work();
    const hostAfter = await silence();
    const guestAfter = await guestCounts();
    return { ...difference(guestAfter, guestBefore), ...difference(hostAfter, hostBefore) };
  }

  /** The host's counts when they have stopped changing. */
  async function silence(): Promise<Counts> {
    for (let last: Counts | undefined; ;) {
      const now = { ...(await oursOf(VM)), ...(await probeCounts()) };
      if (last && Object.values(difference(now, last)).every((each) => each === 0)) return now;
      last = now;
      await host.must('sleep 1');
    }
  }

  async function oursOf(vm: string): Promise<Counts> {
    const text = await scrape(host);
    const kicks = (path: string) => sumOf(text, 'trapline_virtio_kicks_total', { vm, path });
    const injections = (path: string) => sumOf(text, 'trapline_virtio_injections_total', { vm, path });
    return {
      'ours ioeventfd': kicks('ioeventfd'),
      'ours vmm kicks': kicks('vmm'),
      'ours fast': injections('fast'),
      'ours deferred': injections('deferred'),
      'ours vmm': injections('vmm'),
    };
  }

  async function probeCounts(): Promise<Counts> {
    const [kick, inatomic, msi] = await Promise.all(
      ['kick', 'inatomic', 'msi'].map((name) => probes.read(name)),
    );
    const taken = (counts: ReadonlyMap<number, number>) =>
      total(new Map([...counts].filter(([result]) => result >= 0)));
    return { 'kprobe kicks': kick!.get(0) ?? 0, 'kprobe fast': taken(inatomic!), 'kprobe msi': taken(msi!) };
  }

  /** The driver's own counters: `rx_queue_0_kicks` through 6.8, `rx0_kicks` since; and the interrupts taken. */
  async function guestCounts(): Promise<Counts> {
    const text = await guest.ask(
      'for i in 0 1; do echo "# $i"; ethtool -S eth$i; grep "virtio$i-" /proc/interrupts; done',
    );
    const [, ...cards] = text.split(/^# \d\r?\n/m);
    return Object.fromEntries(
      cards.flatMap((card, i) => [
        [`guest kicks eth${i}`, sumOfMatches(card, /\b[rt]x(?:_queue_)?\d+_kicks: (\d+)/g)],
        [`guest interrupts virtio${i}`, sumOfMatches(card, /^ *\d+: +(\d+) .*virtio/gm)],
      ]),
    );
  }

  function ping({ guestAddress }: Card, times: number, pace = '-i 0.05'): Promise<string> {
    return host.must(`busybox ping -q -c ${times} ${pace} ${guestAddress}`, { timeout: 300 });
  }
});

const total = (counts: ReadonlyMap<number, number>): number =>
  [...counts.values()].reduce((sum, count) => sum + count, 0);

const sumOfMatches = (text: string, pattern: RegExp): number =>
  [...text.matchAll(pattern)].reduce((sum, [, digits]) => sum + Number(digits), 0);

function difference(after: Counts, before: Counts): Counts {
  return Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - before[name]!]));
}
