/**
 * Network cards of an emulated machine, two of them on one cable: their interrupts against what the kernel counts and
 * traces, their polls against the packets that the drivers count. The cards come after Trapline has started.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quote } from '../command.js';
import { LabHost } from '../host.js';
import type { LabProcess } from '../process.js';
import { buildExporter, scrape, startTrapline, TRAPLINE_PORT } from '../trapline.js';
import { kernelsFor } from './kernels.js';
import { sumOf } from './metrics.js';

/** One with messages, for another namespace; and one that must use a line, which it shares with a third four slots away. */
const CARDS = [
  ...['-netdev', 'hubport,id=left,hubid=0', '-device', 'virtio-net-pci,netdev=left,addr=0x10'],
  ...['-netdev', 'hubport,id=right,hubid=0', '-device', 'e1000,netdev=right,addr=0x14'],
  ...['-netdev', 'hubport,id=lonely,hubid=1', '-device', 'e1000,netdev=lonely,addr=0x18'],
];
const FAR = '0000:00:10.0';
const NEAR = '0000:00:14.0';
const NEIGHBOUR = '0000:00:18.0';

const FRAMES = 2000;
/** The budget of a poll. */
const BURST = 64;

/** Nothing but the test's frames is to pass; a namespace does not take this from its parent. */
const NO_IPV6 = 'echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6';

const SENDER = 'node --import tsx lab/guests';

describe.each(kernelsFor('nic'))('on Linux %s', (kernel) => {
  let host: LabHost;
  let far: string;
  let near: string;

  beforeAll(async () => {
    await buildExporter();
    host = await LabHost.boot({ kernel, modules: ['veth'], devices: CARDS });
    await host.must(`ip netns add far && ${NO_IPV6} && ip netns exec far sh -c ${quote(NO_IPV6)}`);
    await startTrapline(host);
  });

  afterAll(async () => {
    await host?.stop();
  });

  it('finds cards that come later, also in another namespace and on a shared line', async () => {
    await host.must('modprobe -a virtio_net e1000');
    const interfaceOf = async (card: string) =>
      (await host.must(`basename $(ls -d /sys/bus/pci/devices/${card}/{,virtio*/}net/*)`)).trim();
    const neighbour = await interfaceOf(NEIGHBOUR);
    [far, near] = [await interfaceOf(FAR), await interfaceOf(NEAR)];
    await host.must(`ip link set ${far} netns far && ip -n far link set ${far} up promisc on`);
    await host.must(`ip link set ${near} up promisc on && ip link set ${neighbour} up`);
    const queues = async () => Object.keys(shown(await scrape(host))).sort();
    await expect
      .poll(queues, { timeout: 60_000, interval: 500 })
      .toEqual([
        `${FAR} config`,
        `${FAR} input.0`,
        `${FAR} output.0`,
        ...[`${near} `, `${neighbour} `].sort(),
      ]);
  });

  it('counts their interrupts as the kernel does, and in their polls what the drivers count', async () => {
    await traceLine(host, near);
    const before = await quiet(host, far, near);
    await exchange(host, `ip netns exec far ${SENDER}/frame-sender.ts --device ${far}`);
    await exchange(host, `${SENDER}/frame-sender.ts --device ${near}`);
    const after = await quiet(host, far, near);

    const { ours, kernel: truth } = difference(before, after);
    expect(truth['received']).toBe(FRAMES);
    expect(truth['received_far']).toBe(FRAMES);
    expect(truth['input.0']).toBeGreaterThan(0);
    expect(truth['shared']).toBeGreaterThan(0);
    expect(ours).toEqual(truth);
  });

  it('sees budgets exhausted by every burst of a flood, and by nothing else', async () => {
    const sender = await host.spawn(`unshare --net ${SENDER}/burst-sender.ts --device bursts --namespace 1`);
    await sender.line(1);
    let lines = 1;
    const burst = async (packets: number, bursts: number) => {
      await sender.writeLine(`${packets} ${bursts}`);
      await sender.line(++lines);
      const text = await scrape(host);
      const of = (metric: string) => sumOf(text, `trapline_napi_${metric}_total`, { device: 'bursts' });
      return { packets: of('packets'), exhausted: of('budget_exhausted') };
    };
    await expect.poll(async () => (await burst(1, 1)).packets, { timeout: 60_000 }).toBeGreaterThan(0);
    const start = await burst(1, 1);
    const trickle = await burst(BURST - 1, 100);
    expect(difference(start, trickle)).toEqual({ packets: 100 * (BURST - 1), exhausted: 0 });
    const flood = await burst(BURST, 100);
    expect(difference(trickle, flood)).toEqual({ packets: 100 * BURST, exhausted: 100 });
    await sender.stop();
  });
});

/** Has the kernel write down every call of a handler on the line of an interface. */
async function traceLine(host: LabHost, device: string): Promise<void> {
  const interrupt = (await host.must(`cat /sys/class/net/${device}/device/irq`)).trim();
  await host.must(`cd /sys/kernel/tracing && echo 16384 > buffer_size_kb
    for event in entry exit; do
      echo irq==${interrupt} > events/irq/irq_handler_$event/filter
      echo 1 > events/irq/irq_handler_$event/enable
    done`);
}

/** Sends the frames and waits until they must have arrived. */
async function exchange(host: LabHost, command: string): Promise<void> {
  const sender: LabProcess = await host.spawn(command);
  await sender.line(1);
  await sender.writeLine(`${FRAMES}`);
  await sender.line(2);
  await sender.stop();
  await host.must('sleep 1');
}

/** Interrupts of every queue that Trapline knows, by `device queue`. */
function shown(text: string): Record<string, number> {
  const series = text.matchAll(/^trapline_nic_interrupts_total\{device="(.*?)",queue="(.*?)"\} (\d+)$/gm);
  return Object.fromEntries(
    [...series].map(([, device, queue, count]) => [`${device} ${queue}`, Number(count)]),
  );
}

type Counts = Record<string, number>;

/**
 * What Trapline and the kernel have counted, at a moment when nothing came between reading the one and the other. Of the
 * shared line the kernel counts what its trace says the near card's handler took.
 */
async function quiet(host: LabHost, far: string, near: string): Promise<{ ours: Counts; kernel: Counts }> {
  const text = await host.must(
    `counts() {
      grep "$(basename /sys/bus/pci/devices/${FAR}/virtio*)-" /proc/interrupts |
        awk '{ sub(/.*-/, "", $NF); print $NF, $2 + $3 }'
      awk '/irq_handler_entry/ { name = $NF } /ret=handled/ && name == "name=${near}" { n++ } END { print "shared", n + 0 }' \\
        /sys/kernel/tracing/trace
      echo received $(cat /sys/class/net/${near}/statistics/rx_packets)
      echo received_far $(ip netns exec far cat /sys/class/net/${far}/statistics/rx_packets)
    }
    while
      before=$(counts)
      metrics=$(busybox wget -q -O - http://127.0.0.1:${TRAPLINE_PORT}/metrics)
      test "$before" != "$(counts)"
    do :; done
    echo "$before"; echo "$metrics"`,
    { timeout: 120 },
  );
  const kernel = Object.fromEntries(
    [...text.matchAll(/^(config|input\.0|output\.0|shared|received|received_far) (\d+)$/gm)].map(
      ([, name, count]) => [name!, Number(count)],
    ),
  );
  const interrupts = shown(text);
  const packets = (device: string) => sumOf(text, 'trapline_napi_packets_total', { device });
  const ours = {
    config: interrupts[`${FAR} config`]!,
    'input.0': interrupts[`${FAR} input.0`]!,
    'output.0': interrupts[`${FAR} output.0`]!,
    shared: interrupts[`${near} `]!,
    received: packets(near),
    received_far: packets('(other devices)'),
  };
  return { ours, kernel };
}

/** What was added to each number, at whatever depth. */
function difference<T extends { readonly [key: string]: number | Counts }>(before: T, after: T): T {
  const entries = Object.entries(after).map(([key, value]) => {
    const earlier = before[key]!;
    return [
      key,
      typeof value === 'number' ? value - (earlier as number) : difference(earlier as Counts, value),
    ];
  });
  return Object.fromEntries(entries) as T;
}
