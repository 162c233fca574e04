import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { guestNameArguments } from '../../lab/guests/guest-name.js';
import { Exporter, until } from './exporter.js';
import { FRAME, linkDetails, sendFrames } from './frames.js';
import { ground, missing } from './ground.js';
import { enterOwnNetwork, ip } from './namespace.js';
import type { Scrape } from './scrape.js';
import { Told } from './told.js';
import { Wire } from './wire.js';

const HOLDER = join(import.meta.dirname, '../../lab/guests/tap-holder.ts');
const QUEUE = 500;

/** FRAME with another length, and the last byte of its protocol. */
function frameOf(length: number, protocol = 0xb5): Uint8Array<ArrayBuffer> {
  const frame = new Uint8Array(length);
  frame.set(FRAME);
  frame[13] = protocol;
  return frame;
}

/** Networks as people lay them, with taps in the hands of VMs that take frames only when they are told to. */
describe.skipIf(!ground.root || !ground.btf || !ground.kvm)(
  `the way to the tap of a VM${missing('root', 'btf', 'kvm')}`,
  () => {
    let exporter: Exporter;
    const vms: Told[] = [];
    const links: string[] = [];

    beforeAll(async () => {
      enterOwnNetwork();
      exporter = await Exporter.start();
    });
    afterEach(async () => {
      await Promise.all(vms.splice(0).map((vm) => vm.stop()));
      ip(...links.splice(0).map((link) => `link del ${link}`));
    });
    afterAll(() => exporter?.stop());

    /** Makes links that go away with the test; the first word of each command is the name. */
    const lay = (...commands: readonly string[]): void => {
      for (const command of commands) {
        const [name] = command.split(' ') as [string];
        ip(`link add ${command}`, `link set ${name} up`);
        links.unshift(name);
      }
    };
    const layPair = (a: string, b: string): void => {
      ip(`link add ${a} type veth peer name ${b}`, `link set ${a} up`, `link set ${b} up`);
      links.unshift(a);
    };
    const put = (bridge: string, ...ports: readonly string[]): void =>
      ip(...ports.map((port) => `link set ${port} master ${bridge}`));
    const layBridge = (name: string): void => lay(`${name} type bridge mcast_snooping 0`);

    const start = async (name: string, ...card: readonly string[]): Promise<Told> => {
      const node = ['--import', import.meta.resolve('tsx'), HOLDER, ...card, ...guestNameArguments(name)];
      const vm = await Told.start(process.execPath, node);
      vms.push(vm);
      await until(async () => (await exporter.scrape()).find('trapline_vm_info', { vm: name }).length > 0);
      return vm;
    };
    const startOn = async (bridge: string, name: string, tap: string, length = QUEUE): Promise<Told> => {
      const vm = await start(name, '--tap', tap, '--length', `${length}`);
      put(bridge, tap);
      return vm;
    };
    const wayOf = async (vm: string): Promise<string[]> => wayIn(await exporter.scrape(), vm);

    it('of Proxmox with a firewall is known hop by hop, and each hop loses what it lost: sent = read + lost', async () => {
      layPair('source', 'eno1');
      layBridge('vmbr0');
      put('vmbr0', 'eno1');
      for (const vm of ['100', '101']) {
        layBridge(`fwbr${vm}i0`);
        layPair(`fwpr${vm}p0`, `fwln${vm}i0`);
        put('vmbr0', `fwpr${vm}p0`);
        put(`fwbr${vm}i0`, `fwln${vm}i0`);
      }
      const losing = await startOn('fwbr100i0', '100', 'tap100i0');
      const other = await startOn('fwbr101i0', '101', 'tap101i0', 2 * QUEUE + 1000);
      ip('link set fwpr100p0 mtu 1000', 'link set tap100i0 mtu 800');
      execFileSync('tc', ['-batch', '-'], {
        input:
          'qdisc add dev fwpr100p0 clsact\n' +
          'filter add dev fwpr100p0 egress protocol 0x88b6 bpf da bytecode "1,6 0 0 2"\n',
      });
      const wayTo = (vm: string): string[] => [
        `0 tap tap${vm}i0 out`,
        `1 bridge fwbr${vm}i0 > tap${vm}i0`,
        `2 veth fwln${vm}i0 > fwbr${vm}i0`,
        `3 veth fwpr${vm}p0 out > fwln${vm}i0`,
        `4 bridge vmbr0 > fwpr${vm}p0`,
        '5 veth eno1 > vmbr0',
        '6 veth source out > eno1',
        '7 host > source',
      ];
      const before = await exporter.scrape();
      expect(wayIn(before, '100')).toEqual(wayTo('100'));
      expect(wayIn(before, '101')).toEqual(wayTo('101'));
      await until(() =>
        ['eno1', 'fwln100i0', 'fwln101i0', 'vmbr0'].every((name) => linkDetails(name).operstate === 'UP'),
      );

      await sendFrames('source', 300, frameOf(1400));
      await sendFrames('source', 50, frameOf(60, 0xb6));
      await sendFrames('source', 100, frameOf(900));
      await sendFrames('source', 700);
      expect(await losing.tell('take')).toBe(500);
      expect(await other.tell('take')).toBe(1150);

      const after = await exporter.scrape();
      const at = (stage: string, device: string, direction = 'receive'): [number, number] => {
        const labels = { stage, device, direction };
        const drops =
          stage === 'bridge' ? { name: 'trapline_bridge_drops_total', labels: { device } } : undefined;
        return [
          grown(before, after, 'trapline_path_packets_total', labels),
          grown(before, after, drops?.name ?? 'trapline_path_drops_total', drops?.labels ?? labels),
        ];
      };
      expect({
        vmbr0: at('bridge', 'vmbr0'),
        filter: at('tc', 'fwpr100p0', 'transmit'),
        fwbr: at('bridge', 'fwbr100i0'),
        tap: at('tap', 'tap100i0', 'transmit'),
      }).toEqual({ vmbr0: [1150, 300], filter: [800, 50], fwbr: [800, 100], tap: [500, 200] });
      expect({ fwbr: at('bridge', 'fwbr101i0'), tap: at('tap', 'tap101i0', 'transmit') }).toEqual({
        fwbr: [1150, 0],
        tap: [1150, 0],
      });
    });

    it('through a bridge does not lead to the taps of other VMs on it', async () => {
      layPair('source', 'uplink');
      layBridge('br0');
      put('br0', 'uplink');
      await startOn('br0', 'first', 'tap1');
      await startOn('br0', 'second', 'tap2');
      for (const [vm, tap] of [
        ['first', 'tap1'],
        ['second', 'tap2'],
      ] as const)
        expect(await wayOf(vm)).toEqual([
          `0 tap ${tap} out`,
          `1 bridge br0 > ${tap}`,
          '2 veth uplink > br0',
          '3 veth source out > uplink',
          '4 host > source',
        ]);
      ip('link set uplink nomaster');
      expect(await wayOf('first')).toEqual(['0 tap tap1 out', '1 bridge br0 > tap1', '2 host > br0']);
    });

    it('through a VXLAN leads to the device below it; through one without, out of sight', async () => {
      layPair('far', 'under');
      lay('vx1 type vxlan id 1 dev under dstport 4789', 'vx2 type vxlan id 2 dstport 4790 local 192.0.2.1');
      layBridge('br0');
      put('br0', 'vx1');
      await startOn('br0', 'overlay', 'tap0');
      const known = ['0 tap tap0 out', '1 bridge br0 > tap0', '2 vxlan vx1 > br0'];
      const below = ['3 veth under > vx1', '4 veth far out > under', '5 host > far'];
      expect(await wayOf('overlay')).toEqual([...known, ...below]);
      ip('link set vx1 nomaster');
      put('br0', 'vx2');
      expect(await wayOf('overlay')).toEqual([
        '0 tap tap0 out',
        '1 bridge br0 > tap0',
        '2 vxlan vx2 > br0',
        '3 unknown > vx2',
      ]);
    });

    it('that is a macvtap comes from the device below', async () => {
      layPair('source', 'sensed');
      lay('mvt link sensed type macvtap mode passthru');
      const index = readFileSync('/sys/class/net/mvt/ifindex', 'utf8').trim();
      const file = join(mkdtempSync(join(tmpdir(), 'trapline-macvtap-')), 'tap');
      const numbers = readFileSync(`/sys/class/macvtap/tap${index}/dev`, 'utf8').trim().split(':');
      execFileSync('mknod', [file, 'c', ...numbers]);
      await start('direct', '--file', file);
      rmSync(join(file, '..'), { recursive: true });
      expect(await wayOf('direct')).toEqual([
        '0 macvtap mvt out',
        '1 veth sensed > mvt',
        '2 veth source out > sensed',
        '3 host > source',
      ]);
    });

    it('of each of two taps of one VM is its own', async () => {
      layPair('source', 'uplink');
      layBridge('br0');
      put('br0', 'uplink');
      layBridge('br1');
      await start('twofold', '--tap', 'tap0', '--tap', 'tap1', '--length', '9');
      put('br0', 'tap0');
      put('br1', 'tap1');
      expect((await wayOf('twofold')).sort()).toEqual([
        '0 tap tap0 out',
        '0 tap tap1 out',
        '1 bridge br0 > tap0',
        '1 bridge br1 > tap1',
        '2 host > br1',
        '2 veth uplink > br0',
        '3 veth source out > uplink',
        '4 host > source',
      ]);
    });

    it('of KubeVirt’s bridge binding ends where the namespace of its pod does', async () => {
      const node = spawn('unshare', ['-n', 'sh', '-c', 'echo made && exec sleep infinity']);
      await once(node.stdout, 'data');
      ip(`link add eth0-nic type veth peer name node-end netns ${node.pid}`, 'link set eth0-nic up');
      layBridge('k6t-eth0');
      put('k6t-eth0', 'eth0-nic');
      await startOn('k6t-eth0', 'inside', 'tap0');
      expect(await wayOf('inside')).toEqual([
        '0 tap tap0 out',
        '1 bridge k6t-eth0 > tap0',
        '2 veth eth0-nic > k6t-eth0',
        '3 namespace > eth0-nic',
      ]);
      // Its end of the pair goes with the namespace, and so does the other.
      node.kill();
    });

    it('in another namespace is not known beyond its tap', async () => {
      const pod = await Wire.lay();
      await pod.tapHolder('--tap', 'tap0', '--length', '9', ...guestNameArguments('elsewhere'));
      await until(async () => (await wayOf('elsewhere')).length > 0);
      expect(await wayOf('elsewhere')).toEqual(['0 tap tap0 out', '1 namespace > tap0']);
      await pod.cut();
    });
  },
);

/** Each hop as `hop kind device direction > next`, without the direction `receive`. */
function wayIn(scrape: Scrape, vm: string): string[] {
  return scrape.find('trapline_path_hop_info', { vm }).map(({ labels, value }) => {
    expect(value).toBe(1);
    const { hop, kind, device, direction, next } = labels;
    return [hop, kind, device, direction === 'transmit' && 'out', next && '>', next]
      .filter(Boolean)
      .join(' ');
  });
}

const grown = (before: Scrape, after: Scrape, name: string, labels: Record<string, string>): number =>
  after.sum(name, labels) - before.sum(name, labels);
