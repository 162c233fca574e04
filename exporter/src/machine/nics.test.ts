import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { handlersOnLine, queueOf, readInterfaces, readInterruptCount, readNics } from './nics.js';

let sys: string;
beforeEach(() => (sys = mkdtempSync(join(tmpdir(), 'trapline-nics-'))));
afterEach(() => rmSync(sys, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(sys, path)), { recursive: true });
  writeFileSync(join(sys, path), text);
}

function link(from: string, to: string): void {
  mkdirSync(dirname(join(sys, from)), { recursive: true });
  symlinkSync(join(sys, to), join(sys, from));
}

function pci(address: string, { pciClass = '0x020000', irq = '0' } = {}): string {
  write(`devices/pci/${address}/class`, `${pciClass}\n`);
  write(`devices/pci/${address}/irq`, `${irq}\n`);
  link(`bus/pci/devices/${address}`, `devices/pci/${address}`);
  return `devices/pci/${address}`;
}

function virtio(name: string, parent: string, type = '0x0001'): string {
  write(`${parent}/${name}/device`, `${type}\n`);
  link(`bus/virtio/devices/${name}`, `${parent}/${name}`);
  return `${parent}/${name}`;
}

function netInterface(name: string, ifindex: number, hardware?: string): void {
  write(`class/net/${name}/ifindex`, `${ifindex}\n`);
  if (hardware !== undefined) link(`class/net/${name}/device`, hardware);
}

function messages(path: string, actions: Record<number, string>): void {
  for (const [interrupt, text] of Object.entries(actions)) {
    write(`${path}/msi_irqs/${interrupt}`, 'msix\n');
    write(`kernel/irq/${interrupt}/actions`, `${text}\n`);
  }
}

/** Device, then interrupt, queue and `shared` of each handler. */
const found = () =>
  readNics(sys).map(({ device, handlers }) => [
    device,
    ...handlers.map(({ interrupt, queue, shared }) => `${interrupt} ${queue}${shared ? ' shared' : ''}`),
  ]);

describe('readNics', () => {
  it('finds the messages of a card and of a virtio device on its bus', () => {
    const card = pci('0000:03:00.0');
    messages(card, { 50: 'eth0', 51: 'eth0-TxRx-0', 52: '' });
    const bus = pci('0000:00:03.0');
    messages(bus, { 37: 'virtio2-config', 38: 'virtio2-input.0', 39: 'virtio2-output.0' });
    netInterface('eth0', 2, card);
    netInterface('ens3', 3, virtio('virtio2', bus));
    expect(found()).toEqual([
      ['ens3', '37 config', '38 input.0', '39 output.0'],
      ['eth0', '50 ', '51 TxRx-0'],
    ]);
  });

  it('names a card by its address when its interface is in another namespace or it is a guest’s', () => {
    messages(pci('0000:03:00.0'), { 50: 'vfio-msix[0](0000:03:00.0)' });
    const bus = pci('0000:04:00.0');
    virtio('virtio7', bus);
    messages(bus, { 60: 'virtio7-input.0' });
    expect(found()).toEqual([
      ['0000:03:00.0', '50 vfio-msix[0]'],
      ['0000:04:00.0', '60 input.0'],
    ]);
  });

  it('leaves out what carries no packets, and lines that a NIC could have but does not use', () => {
    messages(pci('0000:05:00.0', { pciClass: '0x010802' }), { 70: 'nvme0q0' });
    virtio('virtio1', pci('0000:06:00.0', { pciClass: '0x010000' }), '0x0002');
    const down = pci('0000:07:00.0', { irq: '11' });
    write('kernel/irq/11/actions', 'uhci_hcd:usb1\n');
    netInterface('eth0', 2, down);
    netInterface('lo', 1);
    expect(found()).toEqual([['eth0']]);
  });

  it('finds the handlers of cards on one line with others', () => {
    netInterface('eth0', 2, pci('0000:07:00.0', { irq: '11' }));
    netInterface('eth1', 3, pci('0000:08:00.0', { irq: '11' }));
    write('kernel/irq/11/actions', 'uhci_hcd:usb1,eth0,eth1\n');
    expect(found()).toEqual([
      ['eth0', '11  shared'],
      ['eth1', '11  shared'],
    ]);
  });

  it('looks for a device whose bus tells no line on all of them', () => {
    write('devices/platform/virtio-mmio.0/uevent', '');
    netInterface('eth0', 2, virtio('virtio0', 'devices/platform/virtio-mmio.0'));
    write('kernel/irq/5/actions', 'virtio0\n');
    write('kernel/irq/6/actions', 'virtio1\n');
    expect(found()).toEqual([['eth0', '5 ']]);
  });

  it('takes the oldest of several interfaces', () => {
    const card = pci('0000:03:00.0');
    netInterface('representor', 9, card);
    netInterface('uplink', 4, card);
    expect(found()).toEqual([['uplink']]);
  });

  it('finds those of this machine', () => {
    const physical = readInterfaces().filter(({ hardware }) => hardware !== undefined);
    expect(readNics().map(({ device }) => device)).toEqual(
      expect.arrayContaining(physical.map(({ name }) => name)),
    );
  });
});

describe('readInterfaces', () => {
  it('lists them by age, with their hardware, without what is no interface', () => {
    netInterface('b', 7);
    netInterface('a"}\\\n', 3, pci('0000:03:00.0'));
    write('class/net/bonding_masters', '');
    expect(readInterfaces(sys)).toEqual([
      { name: 'a"}\\\n', ifindex: 3, hardware: join(sys, 'devices/pci/0000:03:00.0') },
      { name: 'b', ifindex: 7, hardware: undefined },
    ]);
  });
});

describe('queueOf', () => {
  const names = { devices: ['eth0', 'virtio2'], address: '0000:03:00.0' };
  it.each([
    ['eth0', ''],
    ['virtio2-input.0', 'input.0'],
    ['eth0-TxRx-12', 'TxRx-12'],
    ['i40e-eth0-TxRx-3', 'TxRx-3'],
    ['mlx5_comp7@pci:0000:03:00.0', 'mlx5_comp7'],
    ['vfio-msix[4](0000:03:00.0)', 'vfio-msix[4]'],
    ['eth01-rx-0', 'eth01-rx-0'],
    ['before-TxRx-0', 'before-TxRx-0'],
    ['eth0-', ''],
  ])('%s is %j', (handler, queue) => {
    expect(queueOf(handler, names)).toBe(queue);
  });
});

describe('handlersOnLine', () => {
  it('does not split the name of a device at its comma', () => {
    const names = { devices: ['a,b'], address: 'x' };
    expect(handlersOnLine(9, 'a,b', names)).toEqual([
      { interrupt: 9, name: 'a,b', queue: '', shared: false },
    ]);
  });
});

describe('readInterruptCount', () => {
  it('adds up many CPUs', () => {
    write('kernel/irq/9/per_cpu_count', `${new Array(512).fill(1_000_000_007).join(',')}\n`);
    expect(readInterruptCount(9, sys)).toBe(512 * 1_000_000_007);
    expect(readInterruptCount(10, sys)).toBe(0);
  });
});
