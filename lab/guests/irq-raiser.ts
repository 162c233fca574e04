/**
 * A virtual machine without a processor, whose VMM raises the line of an interrupt in two ways: by itself, and through an
 * eventfd bound to it. A line goes to two interrupt controllers, so KVM cannot raise it at once and hands it to a worker.
 *
 *     npx tsx lab/guests/irq-raiser.ts --name NAME [--line 10] [--eventfd 10]
 *
 * Says `done` when all is raised, and holds the VM until it is killed. Source of the numbers: linux/kvm.h, x86-64.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { nameProcessAsGuest } from './guest-name.js';
import { eventfd, ioctl, openDevice, signalEvent } from '../../experiment/src/sensor/libc.js';

const KVM_CREATE_VM = 0xae01;
const KVM_CREATE_IRQCHIP = 0xae60;
const KVM_IRQ_LINE = 0x4008ae61;
const KVM_IRQFD = 0x4020ae76;

const LINE = 4;
/** Time for the worker: signals that come faster are one interrupt. */
const PAUSE_MS = 20;

const text = { type: 'string' } as const;
const { values } = parseArgs({
  options: { name: text, line: text, eventfd: text },
  args: nameProcessAsGuest(),
});
const vm = ioctl(openDevice('/dev/kvm'), KVM_CREATE_VM, 0, 'KVM_CREATE_VM');
ioctl(vm, KVM_CREATE_IRQCHIP, 0, 'KVM_CREATE_IRQCHIP');

for (let i = 0; i < Number(values.line ?? 10); i++) for (const level of [1, 0]) setLine(level);

const event = eventfd();
ioctl(vm, KVM_IRQFD, words(event, LINE, 0, 0, 0, 0, 0, 0), 'KVM_IRQFD');
for (let i = 0; i < Number(values.eventfd ?? 10); i++) {
  signalEvent(event);
  await sleep(PAUSE_MS);
}
console.log('done');
setInterval(() => undefined, 1 << 30);

function setLine(level: number): void {
  ioctl(vm, KVM_IRQ_LINE, words(LINE, level), 'KVM_IRQ_LINE');
}

function words(...values: number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}
