import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { networkQueues, parseVirtqueues, readVirtqueues } from './virtqueues.js';

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

it('finds the queues among the interrupts, and adds up the processors', () => {
  expect(parseVirtqueues(text)).toEqual([
    { device: 'virtio5', queue: 'all', interrupts: 7 },
    { device: 'virtio0', queue: 'input.0', interrupts: 1031 },
    { device: 'virtio0', queue: 'output.0', interrupts: 4294967295 },
    { device: 'virtio1', queue: 'all', interrupts: 8 },
  ]);
});

it('finds none in what is no table of interrupts', () => {
  expect(parseVirtqueues('')).toEqual([]);
  expect(parseVirtqueues('virtio0\nvirtio0-input.0\n')).toEqual([]);
});

it('finds none where there is no virtio device', () => {
  expect(readVirtqueues({ sys: '/nowhere' })).toEqual([]);
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
