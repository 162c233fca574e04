import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Totals } from '../../lab/guests/capture-sensor.js';
import { RECEIVE_BUFFER_BYTES, RING_BYTES } from '../../lab/guests/capture-socket.js';
import { BUFFERS, UMEM_BYTES, type XdpTotals } from '../../lab/guests/xdp-sensor.js';
import { Cgroup } from './cgroup.js';
import { Exporter, until } from './exporter.js';
import { ground, missing } from './ground.js';
import type { Scrape } from './scrape.js';
import { Wire } from './wire.js';

/** More than any queue of the test holds, so that some are dropped. */
const FRAMES = 3000;
const LINGER = 3;
const CONTAINER = '3f2a9c1b04de8f1b6a24bfa28a0e6ca2d5bd1ef0f4d4ba1a8ac0bbf74cf85c11';

const device = Wire.device;

/**
 * Real sockets in another network namespace that a known number of frames overflows. The application's own statistics are
 * the ground truth. Where this kernel refuses hooks on functions no count can be right, and there must be none; the lab counts
 * on kernels that have them.
 */
describe.skipIf(!ground.root || !ground.btf)(`capture sockets${missing('root', 'btf')}`, () => {
  let exporter: Exporter;
  let wire: Wire;
  /** Whether the programs are attached that the counts need. */
  let counts: boolean;
  beforeEach(async () => {
    exporter = await Exporter.start('--linger', `${LINGER}`, '--no-collector.vm_exit');
    wire = await Wire.lay();
    const programs = (await exporter.scrape()).find('trapline_program_attached', { collector: 'capture' });
    expect(programs).toHaveLength(6);
    counts = programs.every(({ value }) => value === 1);
  });
  /** What is to be shown of what was counted. */
  const shown = <T>(counted: T): T | undefined => (counts ? counted : undefined);
  const shownOf = ({ packets, drops }: Counted) => ({
    packets: shown(packets),
    drops: shown(drops),
  });
  afterEach(async () => {
    await wire.cut();
    await exporter.stop();
  });

  describe('with --capture-by-socket', () => {
    const BUDGET = 30;
    beforeEach(async () => {
      await exporter.stop();
      exporter = await Exporter.start(
        ...[
          '--linger',
          `${LINGER}`,
          '--no-collector.vm_exit',
          '--capture-by-socket',
          '--max-series',
          `${BUDGET}`,
        ],
      );
    });
    const sockets = (scrape: Scrape, what: 'packets' | 'drops') =>
      scrape.find(`trapline_capture_socket_${what}_total`, { process: 'fanned' });

    it('have series of their own, which add up to that of their process', async () => {
      const group = ['--method', 'v3', '--device', device, '--name', 'fanned', '--sockets', '4'];
      const fanned = await wire.sensor(...group);
      await wire.sensor('--method', 'v3', '--device', device, '--name', 'alone');
      await wire.send(FRAMES);
      const scrape = await exporter.scrape();
      const said = await fanned.tell<Totals[]>('each');
      if (!counts) {
        expect([...sockets(scrape, 'packets'), ...sockets(scrape, 'drops')]).toEqual([]);
        return;
      }
      const packets = sockets(scrape, 'packets');
      const drops = sockets(scrape, 'drops');
      const shown = packets.map(({ value }, i) => ({ packets: value, drops: drops[i]!.value }));
      expect(shown).toEqual(said.map(asCounted));
      expect(said.reduce((sum, each) => sum + each.packets, 0)).toBe(FRAMES);
      const places = packets.map(({ labels: { socket, ...place } }) => [place, socket]);
      expect(places.map(([place]) => place)).toEqual(
        Array<unknown>(4).fill({ process: 'fanned', container: '', device, method: 'v3', fanout: '7' }),
      );
      expect(new Set(places.map(([, socket]) => socket)).size).toBe(4);
      expect(drops.map(({ labels }) => labels)).toEqual(packets.map(({ labels }) => labels));
      const [alone] = scrape.find('trapline_capture_socket_packets_total', { process: 'alone' });
      expect(alone!.labels['fanout']).toBe('');
    });

    it('are cut where they are too many, which a metric and the log tell', async () => {
      const group = ['--method', 'v3', '--device', device, '--name', 'fanned', '--sockets', '16'];
      await wire.sensor(...group);
      await wire.send(10);
      const scrape = await exporter.scrape();
      const [own, dropped] = ['trapline_series', 'trapline_series_dropped_total'].map((name) =>
        scrape.sum(name, { collector: 'capture' }),
      );
      const ofProcesses = scrape.samples.filter(({ name }) =>
        /^trapline_capture_(?!socket_)/.test(name),
      ).length;
      const ofSockets = 2 * scrape.sum('trapline_capture_sockets');
      expect(ofSockets).toBeGreaterThanOrEqual(32);
      expect([own, dropped]).toEqual(counts ? [BUDGET, ofProcesses + ofSockets - BUDGET] : [ofProcesses, 0]);
      expect(capture(scrape, { process: 'fanned', device, method: 'v3' })).toEqual({
        ...shownOf({ packets: 10, drops: 0 }),
        ...{ sockets: 16, ringBytes: 16 * RING_BYTES },
      });
      const warned = `Collector capture has more series than its budget; ${dropped} are left out.`;
      expect(exporter.log.split(warned)).toHaveLength(counts ? 2 : 1);
    });
  });

  it.each([
    ['plain', RECEIVE_BUFFER_BYTES],
    ['v1', RING_BYTES],
    ['v2', RING_BYTES],
    ['v3', RING_BYTES],
  ] as const)('are counted exactly as the application counts them: %s', async (method, ringBytes) => {
    const sensor = await wire.sensor('--method', method, '--device', device, '--name', 'sensor');
    const labels = { process: 'sensor', device, method };
    await wire.send(FRAMES);
    const first = capture(await exporter.scrape(), labels);
    const said = await sensor.tell<Totals>('totals');
    expect(said.packets).toBe(FRAMES);
    expect(said.drops).toBeGreaterThan(0);
    expect(first).toEqual({ ...shownOf(asCounted(said)), ringBytes, sockets: 1 });

    expect(capture(await exporter.scrape(), labels), 'after the application cleared them').toEqual(first);
    await sensor.tell('take');
    await wire.send(777);
    const scrape = await exporter.scrape();
    const last = await sensor.tell<Totals>('totals');
    expect(last.packets).toBe(FRAMES + 777);
    expect(capture(scrape, labels)).toEqual({ ...shownOf(asCounted(last)), ringBytes, sockets: 1 });
    expect(scrape.sum('trapline_events_lost_total', { collector: 'capture' })).toBe(0);
    expect(scrape.find('trapline_capture_ring_frozen_total', labels)).toHaveLength(
      counts && method === 'v3' ? 1 : 0,
    );
  });

  it.each([
    ['no buffer is free', 32, { received: BUFFERS, dropped: 100 - BUFFERS, ringFull: 0 }],
    ['its ring is full', 8, { received: 8, dropped: 0, ringFull: 92 }],
  ] as const)('of AF_XDP are counted exactly when %s', async (_, ring, expected) => {
    const sensor = await wire.xdpSensor('--device', device, '--ring', `${ring}`, '--name', 'xdp sensor');
    await wire.send(100);
    const counted = capture(await exporter.scrape(), { process: 'xdp sensor', device, method: 'xdp' });
    const said = await sensor.tell<XdpTotals>('totals');
    expect(said).toEqual(expected);
    expect(counted).toEqual({
      ...shownOf({ packets: said.received, drops: said.dropped + said.ringFull }),
      ringBytes: UMEM_BYTES,
      sockets: 1,
    });
  });

  it('keep their last counts for the linger time, and their series go away', async () => {
    const sensor = await wire.sensor('--method', 'v2', '--device', device, '--name', 'short');
    await wire.send(FRAMES);
    const labels = { process: 'short', device, method: 'v2' };
    const last = capture(await exporter.scrape(), labels);
    await sensor.stop();
    expect(capture(await exporter.scrape(), labels)).toEqual({ ...last, sockets: 0, ringBytes: 0 });
    await until(async () => (await exporter.scrape()).find('trapline_capture_sockets', labels).length === 0);
  });

  it('of one fanout group are added up', async () => {
    const sensor = await wire.sensor(
      ...['--method', 'v3', '--device', device, '--name', 'fanned', '--sockets', '4'],
    );
    await wire.send(FRAMES);
    const scrape = await exporter.scrape();
    const counted = capture(scrape, { process: 'fanned', device, method: 'v3' });
    expect(scrape.find('trapline_capture_socket_packets_total')).toEqual([]);
    const said = await sensor.tell<Totals>('totals');
    expect(said.packets).toBe(FRAMES);
    expect(counted).toEqual({ ...shownOf(asCounted(said)), sockets: 4, ringBytes: 4 * RING_BYTES });
  });

  it.skipIf(!ground.cgroup2)(
    `of processes of one name are told apart by their containers${missing('cgroup2')}`,
    async () => {
      const MORE = 10;
      const docker = new Cgroup(`docker-${CONTAINER}.scope`);
      const lxc = new Cgroup('lxc.payload.trapline-test');
      try {
        const start = () => wire.sensor('--method', 'v2', '--device', device, '--name', 'suricata');
        const sensors = [await start(), await start(), await start()];
        docker.take(sensors[0]!.pid);
        lxc.take(sensors[1]!.pid);
        await wire.send(FRAMES);
        // Its ring is full, those of the others have room.
        await Promise.all(sensors.slice(1).map((sensor) => sensor.tell('take')));
        await wire.send(MORE);
        const containers = ['3f2a9c1b04de', 'trapline-test', ''];
        const of = async (container: string) =>
          capture(await exporter.scrape(), { process: 'suricata', container, device, method: 'v2' });
        const said = await Promise.all(sensors.map((sensor) => sensor.tell<Totals>('totals')));
        expect(said.map(({ packets }) => packets)).toEqual(Array<number>(3).fill(FRAMES + MORE));
        expect(said[0]!.drops).toBe(said[1]!.drops + MORE);
        const open = { ringBytes: RING_BYTES, sockets: 1 };
        for (const [i, container] of containers.entries())
          expect(await of(container)).toEqual({ ...shownOf(asCounted(said[i]!)), ...open });

        // One ends: its last counts stay where they were.
        await sensors[0]!.stop();
        const closed = { ringBytes: 0, sockets: 0 };
        expect(await of(containers[0]!)).toEqual({ ...shownOf(asCounted(said[0]!)), ...closed });
        expect(await of('')).toEqual({ ...shownOf(asCounted(said[2]!)), ...open });
        const scrape = await exporter.scrape();
        expect(scrape.find('trapline_capture_sockets', { process: 'suricata' })).toHaveLength(3);
      } finally {
        docker.remove();
        lxc.remove();
      }
    },
  );

  it('that two processes hold count once', async () => {
    await wire.sensor('--method', 'plain', '--device', device, '--name', 'parent', '--heir');
    await wire.send(20);
    const scrape = await exporter.scrape();
    expect(scrape.sum('trapline_capture_packets_total', { device })).toBe(shown(20) ?? 0);
    expect(scrape.sum('trapline_capture_sockets', { device })).toBe(1);
  });

  it('of every device have the device any', async () => {
    await wire.sensor('--method', 'v3', '--name', 'everywhere');
    await wire.send(20);
    // Each frame is seen at both ends of the cable.
    const labels = { process: 'everywhere', device: 'any', method: 'v3' };
    expect(capture(await exporter.scrape(), labels)).toMatchObject({
      ...shownOf({ packets: 40, drops: 0 }),
      sockets: 1,
    });
  });

  it('that only send are not shown', async () => {
    await wire.send(20);
    expect((await exporter.scrape()).find('trapline_capture_sockets', { device: 'source' })).toEqual([]);
  });

  it('survive a hostile name and a change of it', async () => {
    const sensor = await wire.sensor('--method', 'v2', '--device', device, '--name', 'tame');
    await wire.send(7);
    await exporter.scrape();
    const hostile = 'a"b\n{},\\ 😀';
    await sensor.tell(`comm ${JSON.stringify(hostile)}`);
    await wire.send(5);
    const scrape = await exporter.scrape();
    const of = (process: string) => capture(scrape, { process, device, method: 'v2' });
    expect(of('tame')).toMatchObject({ packets: shown(7), sockets: 0 });
    expect(of(hostile)).toMatchObject({ packets: shown(5), sockets: 1 });
  });

  it('of tcpdump agree with what tcpdump says at its end', async () => {
    const args = ['-Z', 'root', '-i', device, '-n', '-B', '32', '-w', '/dev/null'];
    const tcpdump = spawn(...wire.inside('tcpdump', ...args), { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    tcpdump.stderr.on('data', (text) => (said += String(text)));
    await until(() => said.includes('listening on'));
    tcpdump.kill('SIGSTOP');
    await until(() => readFileSync(`/proc/${tcpdump.pid}/stat`, 'utf8').includes(') T '));
    await wire.send(FRAMES);
    const counted = capture(await exporter.scrape(), { process: 'tcpdump', device, method: 'v3' });
    const gone = once(tcpdump, 'close');
    tcpdump.kill('SIGINT');
    tcpdump.kill('SIGCONT');
    await gone;
    const number = (what: string): number => Number(new RegExp(`(\\d+) packets ${what}`).exec(said)?.[1]);
    expect(number('received by filter')).toBe(FRAMES);
    expect(number('dropped by kernel')).toBeGreaterThan(0);
    expect(counted.drops).toBe(shown(number('dropped by kernel')));
    expect(counted.packets).toBe(shown(number('received by filter') - number('dropped by kernel')));
  });
});

interface Counted {
  packets: number;
  drops: number;
}

/** PACKET_STATISTICS counts drops among the packets. */
const asCounted = ({ packets, drops }: Totals): Counted => ({
  packets: packets - drops,
  drops,
});

function capture(scrape: Scrape, labels: Record<string, string>) {
  const one = (name: string): number | undefined => {
    const found = scrape.find(`trapline_capture_${name}`, labels);
    if (found.length > 1) throw new Error(`${found.length} series of ${name}`);
    return found[0]?.value;
  };
  return {
    packets: one('packets_total'),
    drops: one('drops_total'),
    ringBytes: one('ring_bytes'),
    sockets: one('sockets'),
  };
}
