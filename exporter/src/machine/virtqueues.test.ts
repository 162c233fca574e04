import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { networkQueues, parseVirtqueues, Virtqueues } from './virtqueues.js';

const text = `           CPU0       CPU1
  1:          0          9   IO-APIC   1-edge      i8042
 10:          3          4   IO-APIC  10-fasteoi   virtio5
 11:          3          4   IO-APIC  11-fasteoi   virtio6, uhci_hcd:usb1
 24:          0          0 PCI-MSI 32768-edge      virtio0-config
 25:         31       1000 PCI-MSIX-0000:00:02.0   1-edge      virtio0-input.0
 26:          0 4294967295 PCI-MSIX-0000:00:02.0   2-edge      virtio0-output.0
 27:          7          1 PCI-MSI 49153-edge      virtio1-virtqueues
 28:          5          6 PCI-MSI 49154-edge      xvirtio2-input.0
NMI:          0          1   Non-maskable interrupts
ERR:          0
`;

it('finds the queues among the interrupts, with what each CPU has counted', () => {
  const lines = parseVirtqueues(text).map(({ line, device, queue, counts }) =>
    [line, device, queue, ...counts].join(' '),
  );
  expect(lines).toEqual([
    '10 virtio5 all CPU0,3 CPU1,4',
    '25 virtio0 input.0 CPU0,31 CPU1,1000',
    '26 virtio0 output.0 CPU0,0 CPU1,4294967295',
    '27 virtio1 all CPU0,7 CPU1,1',
  ]);
});

it('finds none in what is no table of interrupts', () => {
  expect(parseVirtqueues('')).toEqual([]);
  expect(parseVirtqueues('virtio0\nvirtio0-input.0\n')).toEqual([]);
});

it('finds none where there is no virtio device', () => {
  expect(new Virtqueues({ sys: '/nowhere' }).read()).toEqual([]);
});

/** What is read in turn of tables that count one queue by CPU. */
function interruptsThrough(tables: readonly Record<string, number>[]): number[] {
  const root = mkdtempSync(join(tmpdir(), 'trapline-interrupts-'));
  mkdirSync(join(root, 'bus/virtio/devices/virtio0'), { recursive: true });
  const queues = new Virtqueues({ proc: root, sys: root });
  const totals = tables.map((columns) => {
    const counts = Object.values(columns).join(' ');
    const line = ` 25: ${counts} PCI-MSIX-0000:00:02.0 1-edge virtio0-input.0`;
    writeFileSync(join(root, 'interrupts'), `  ${Object.keys(columns).join('  ')}\n${line}\n`);
    return queues.read()[0]!.interrupts;
  });
  rmSync(root, { recursive: true });
  return totals;
}

it('adds up CPUs, goes on past 32 bits, and keeps what a CPU counted that goes offline and comes back', () => {
  const end = 2 ** 32;
  expect(
    interruptsThrough([
      { CPU0: 5, CPU1: end - 10 },
      { CPU0: 5, CPU1: 10 },
      { CPU0: 5 },
      { CPU0: 6 },
      { CPU0: 6, CPU1: 12 },
    ]),
  ).toEqual([end - 5, end + 15, end + 15, end + 16, end + 18]);
});

it('takes nothing of a CPU that was offline from the start for new, but all that comes later', () => {
  expect(
    interruptsThrough([{ CPU0: 5 }, { CPU0: 5, CPU1: 3_000_000_000 }, { CPU0: 6, CPU1: 3_000_000_001 }]),
  ).toEqual([5, 5, 7]);
});

it('goes on where the driver has given the interrupt back and taken it anew', () => {
  expect(interruptsThrough([{ CPU0: 3_000_000_000 }, { CPU0: 7 }])).toEqual([3_000_000_000, 3_000_000_007]);
});

it('numbers the queues of network cards as their devices do, and finds those only', () => {
  const sys = mkdtempSync(join(tmpdir(), 'trapline-sys-'));
  const devices = join(sys, 'bus/virtio/devices');
  for (const queue of ['rx-0', 'rx-10', 'tx-0'])
    mkdirSync(join(devices, 'virtio12/net/eth3/queues', queue), { recursive: true });
  mkdirSync(join(devices, 'virtio1/block/vda/queues/rx-0'), { recursive: true });
  const card = { device: 'eth3', virtioIndex: 12 };
  expect(networkQueues(sys)).toEqual([
    { ...card, queue: 'input.0', number: 0 },
    { ...card, queue: 'input.10', number: 20 },
    { ...card, queue: 'output.0', number: 1 },
  ]);
  rmSync(sys, { recursive: true });
});

it('finds no network card where there is no virtio', () => {
  expect(networkQueues('/nowhere')).toEqual([]);
});
