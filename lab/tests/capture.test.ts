/**
 * Capture sockets where functions can be hooked: whatever the application reads, and so clears, at whatever moment, and
 * until after its end, Trapline's counters are those that the application adds up, and the frames that were sent.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Totals } from '../guests/capture-sensor.js';
import type { CaptureMethod } from '../guests/capture-socket.js';
import { Scrape } from '../../experiment/src/counting/scrape.js';
import { LabHost } from '../host.js';
import type { LabProcess } from '../process.js';
import { buildExporter, scrape, startTrapline } from '../trapline.js';
import { kernelsFor } from './kernels.js';
import { sumOf } from './metrics.js';
import { Told } from './told.js';

const METHODS: readonly CaptureMethod[] = ['plain', 'v1', 'v2', 'v3'];
const PROGRAMS = [
  'capture_sockets',
  'packet_getsockopt',
  'packet_release',
  'packet_sock_destruct',
  'xsk_release',
];

/** More than any queue of the test holds, so that some are dropped. */
const FRAMES = 3000;
const DEVICE = 'sensed';
const IN_NAMESPACE = 'ip netns exec wire';
const CGROUPS = '/run/lab/cgroup';

describe.each(kernelsFor('capture'))('on Linux %s', (kernel) => {
  let host: LabHost;
  let trapline: LabProcess;
  let wire: Wire;
  /** What the application counted before Trapline ran, of frames that nobody took. */
  const undisturbed = new Map<CaptureMethod, Totals>();

  beforeAll(async () => {
    await buildExporter();
    host = await LabHost.boot({ kernel, modules: ['veth'] });
    wire = await Wire.lay(host);
    for (const method of ['plain', 'v1', 'v2'] as const) {
      const sensor = await wire.sensor(`--method ${method} --device ${DEVICE}`);
      await wire.send(FRAMES);
      undisturbed.set(method, await sensor.tell('totals'));
      await sensor.stop();
    }
    trapline = await startTrapline(host, '127.0.0.1', '--capture-by-socket');
  });

  afterAll(async () => {
    await host?.stop();
  });

  it('attaches to the functions', async () => {
    const text = await scrape(host);
    for (const program of PROGRAMS)
      expect(sumOf(text, 'trapline_program_attached', { program }), program).toBe(1);
  });

  it.each(METHODS)('counts what the application counts that reads at random moments: %s', async (method) => {
    const sensor = await wire.sensor(`--method ${method} --device ${DEVICE} --name busy-${method}`);
    const labels = { process: `busy-${method}`, device: DEVICE, method };
    const [, said] = await Promise.all([wire.send(FRAMES), sensor.tell<Totals>('read 8')]);
    const last = await sensor.tell<Totals>('totals');
    expect(last.packets).toBe(FRAMES);
    expect(said.packets).toBeGreaterThan(0);
    expect(await counted(host, labels)).toEqual(asCounted(last));

    await wire.send(FRAMES);
    await sensor.stop();
    const { packets, drops } = await counted(host, labels);
    expect(packets + drops, 'after its end').toBe(2 * FRAMES);
    expect(drops).toBeGreaterThan(last.drops);
    expect(sumOf(await scrape(host), 'trapline_capture_sockets', labels)).toBe(0);
  });

  it.each(METHODS)('counts what the application cleared without getting it: %s', async (method) => {
    const sensor = await wire.sensor(`--method ${method} --device ${DEVICE} --name careless-${method}`);
    for (const command of ['misread short', 'take', 'misread nowhere']) {
      await wire.send(FRAMES);
      await sensor.tell(command);
    }
    expect((await sensor.tell<Totals>('totals')).packets).toBe(0);
    const { packets, drops } = await counted(host, { process: `careless-${method}`, device: DEVICE, method });
    expect(drops).toBeGreaterThan(0);
    expect(packets + drops).toBe(3 * FRAMES);
    await sensor.stop();
  });

  it('counts a sensor that came and went between two scrapes', async () => {
    const sensor = await wire.sensor(`--method v3 --device ${DEVICE} --name brief`);
    await wire.send(FRAMES);
    await sensor.stop();
    const { packets, drops } = await counted(host, { process: 'brief', device: DEVICE, method: 'v3' });
    expect(drops).toBeGreaterThan(0);
    expect(packets + drops).toBe(FRAMES);
  });

  it('counts each socket of a fanout group', async () => {
    const sensor = await wire.sensor(`--method v3 --device ${DEVICE} --name fanned --sockets 4`);
    await wire.send(FRAMES);
    const text = await scrape(host);
    const said = await sensor.tell<Totals[]>('each');
    expect(said.reduce((sum, { packets }) => sum + packets, 0)).toBe(FRAMES);
    const labels = { process: 'fanned', container: '', device: DEVICE, method: 'v3', fanout: '7' };
    const of = (what: string) =>
      new Scrape(text).sumBy('socket', `trapline_capture_socket_${what}_total`, labels);
    const [packets, drops] = [of('packets'), of('drops')];
    const counts = Object.entries(packets).map(([socket, delivered]) => [delivered, drops[socket]]);
    // The numbers of sockets are the kernel's, in any order.
    expect(counts.sort()).toEqual(
      said
        .map(asCounted)
        .map((each) => [each.packets, each.drops])
        .sort(),
    );
    await sensor.stop();
  });

  it('counts sensors of one name by their containers, until after their end', async () => {
    const id = '3f2a9c1b04de8f1b6a24bfa28a0e6ca2d5bd1ef0f4d4ba1a8ac0bbf74cf85c11';
    const containers = { [`docker-${id}.scope`]: id.slice(0, 12), 'lxc.payload.ids': 'ids' };
    await host.must(`mkdir -p ${CGROUPS} && mount -t cgroup2 none ${CGROUPS}`);
    const sent: Record<string, number> = {};
    for (const [directory, container] of Object.entries(containers)) {
      await host.must(`mkdir ${CGROUPS}/${directory}`);
      const sensor = await wire.sensor(`--method v2 --device ${DEVICE} --name twin`, directory);
      const labels = { process: 'twin', container, device: DEVICE, method: 'v2' };
      sent[container] = FRAMES + Object.keys(sent).length;
      await wire.send(sent[container]);
      const said = await sensor.tell<Totals>('totals');
      expect(await counted(host, labels)).toEqual(asCounted(said));
      await wire.send(1);
      await sensor.stop();
      expect(await counted(host, labels)).toEqual({ ...asCounted(said), drops: said.drops + 1 });
    }
    for (const [container, frames] of Object.entries(sent)) {
      const { packets, drops } = await counted(host, { process: 'twin', container });
      expect(packets + drops).toBe(frames + 1);
    }
    expect(await counted(host, { process: 'twin', container: '' })).toEqual({ packets: 0, drops: 0 });
  });

  it('counts an AF_XDP sensor until after its end', async () => {
    const sensor = await wire.xdpSensor(`--device ${DEVICE} --ring 8 --name xdp`);
    await wire.send(100);
    await sensor.stop();
    const labels = { process: 'xdp', device: DEVICE, method: 'xdp' };
    expect(await counted(host, labels)).toEqual({ packets: 8, drops: 92 });
  });

  it('counts how often a ring was frozen', async () => {
    const sensor = await wire.sensor(`--method v3 --device ${DEVICE} --name frozen`);
    let freezes = 0;
    for (let round = 0; round < 3; round++) {
      await wire.send(FRAMES);
      ({ freezes } = await sensor.tell<Totals>('totals'));
      await sensor.tell('take');
    }
    expect(freezes).toBeGreaterThan(0);
    const text = await scrape(host);
    expect(sumOf(text, 'trapline_capture_ring_frozen_total', { process: 'frozen' })).toBe(freezes);
    await sensor.stop();
  });

  it('leaves to the application what it counts without Trapline', async () => {
    for (const [method, before] of undisturbed) {
      const sensor = await wire.sensor(`--method ${method} --device ${DEVICE}`);
      await wire.send(FRAMES);
      await scrape(host);
      expect(await sensor.tell('totals'), method).toEqual(before);
      await sensor.stop();
    }
  });

  it('agrees with what tcpdump says at its end', async () => {
    const tcpdump = await wire.start(`tcpdump -Z root -i ${DEVICE} -n -B 32 -w /dev/null`);
    while (!(await tcpdump.errors()).includes('listening on')) await host.must('sleep 0.5');
    await tcpdump.signal('STOP');
    await tcpdump.until(`grep -q 'State:.T' /proc/${tcpdump.pid}/status`);
    await wire.send(FRAMES);
    await tcpdump.signal('INT');
    await tcpdump.signal('CONT');
    await tcpdump.gone();
    const said = await tcpdump.errors();
    const number = (what: string): number => Number(new RegExp(`(\\d+) packets ${what}`).exec(said)?.[1]);
    expect(number('received by filter')).toBe(FRAMES);
    expect(await counted(host, { process: 'tcpdump', device: DEVICE, method: 'v3' })).toEqual({
      packets: FRAMES - number('dropped by kernel'),
      drops: number('dropped by kernel'),
    });
  });

  it('could keep all of it, and leaves nothing behind', async () => {
    const lost = sumOf(await scrape(host), 'trapline_events_lost_total', { collector: 'capture' });
    expect(lost).toBe(0);
    await trapline.stop('TERM');
    await expect
      .poll(() => host.must('bpftool prog show | grep -c -e packet_ -e capture_ || true'), {
        timeout: 60_000,
      })
      .toBe('0\n');
  });
});

/** A cable in a network namespace of its own; what is sent comes in at DEVICE. */
class Wire {
  private constructor(
    private readonly host: LabHost,
    private sender: Told | undefined,
  ) {}

  static async lay(host: LabHost): Promise<Wire> {
    await host.must(`set -e
      ip netns add wire
      ip netns exec wire sh -c 'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6'
      ip -n wire link add source type veth peer name ${DEVICE}
      ip -n wire link set source up
      ip -n wire link set ${DEVICE} up`);
    return new Wire(host, undefined);
  }

  start(command: string): Promise<LabProcess> {
    return this.host.spawn(`${IN_NAMESPACE} ${command}`);
  }

  /** `cgroup` is the directory under CGROUPS that it starts in. */
  async sensor(options: string, cgroup = ''): Promise<Told> {
    return this.#told('capture-sensor', options, cgroup);
  }

  async xdpSensor(options: string): Promise<Told> {
    return this.#told('xdp-sensor', options);
  }

  /** All frames have reached DEVICE when it resolves. */
  async send(frames: number): Promise<void> {
    this.sender ??= await this.#told('frame-sender', '--device source');
    await this.sender.tell(`${frames}`);
  }

  #told(program: string, options: string, cgroup = ''): Promise<Told> {
    const inside = cgroup && `sh -c 'echo $$ > ${CGROUPS}/${cgroup}/cgroup.procs && exec "$@"' sh`;
    return Told.start(this.host, program, options, `${IN_NAMESPACE} ${inside}`);
  }
}

/** PACKET_STATISTICS counts drops among the packets. */
const asCounted = ({ packets, drops }: Totals) => ({ packets: packets - drops, drops });

async function counted(host: LabHost, labels: Readonly<Record<string, string>>) {
  const text = await scrape(host);
  return {
    packets: sumOf(text, 'trapline_capture_packets_total', labels),
    drops: sumOf(text, 'trapline_capture_drops_total', labels),
  };
}
