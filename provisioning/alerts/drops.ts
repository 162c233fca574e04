/** Drops that a ratio hides, because they are few among many packets or because there are too few to judge. */
import { type Alert, where } from './alert.js';

const droppedAt = (stages: string) =>
  `sum by (instance, vm, stage, device) (instance_vm_stage_device_process_container:trapline_dropped:rate1m{stage=~"${stages}"})`;

/** Netdata warns of softnet above ten a second, and of any overflow of a NIC's FIFO. */
const TEN_A_SECOND = 10;

export const dropAlerts: readonly Alert[] = [
  {
    name: 'TraplineTapDrops',
    severity: 'warning',
    value: droppedAt('tap'),
    threshold: TEN_A_SECOND,
    for: '2m',
    keepFiringFor: '5m',
    summary: (t) => `${where(t)}: ${t.label('device')} drops ${t.number} packets/s`,
    description: (t) =>
      `The guest ${t.label('vm')} does not fetch all packets from ${t.label('device')} in time, and the host throws ` +
      'them away. The guest cannot see it.',
  },
  {
    name: 'TraplineNicDrops',
    severity: 'warning',
    value: droppedAt('nic_hardware'),
    threshold: 0,
    for: '0s',
    keepFiringFor: '5m',
    summary: (t) => `${where(t)}: the hardware of ${t.label('device')} drops ${t.number} packets/s`,
    description: (t) =>
      `The network card ${t.label('device')} had no buffer for packets: the machine did not take them from it in time.`,
  },
  {
    name: 'TraplineSoftnetDrops',
    severity: 'warning',
    value: droppedAt('softnet|guest_softnet'),
    threshold: TEN_A_SECOND,
    for: '2m',
    keepFiringFor: '5m',
    summary: (t) => `${where(t)}: ${t.label('stage')} drops ${t.number} packets/s`,
    description: () => 'The backlog of a CPU was full: it receives more packets than it can work on.',
  },
  {
    name: 'TraplineSoftnetSqueezed',
    severity: 'warning',
    value: 'instance_vm:trapline_softnet_squeezed:rate1m',
    threshold: TEN_A_SECOND,
    for: '5m',
    keepFiringFor: '5m',
    summary: (t) => `${where(t)}: packet polling is cut short ${t.number} times/s`,
    description: () =>
      'The kernel ended rounds of polling with packets left, because their budget or time was used up. Nothing need be lost yet.',
  },
];
