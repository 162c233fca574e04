import { counter, type Sink } from '../exposition/metric.js';
import { Devices, type Device, type DeviceKind, type Traffic, type Vm } from '../machine/index.js';
import type { LiveVm } from '../web/types.js';
import type { Module, RunningCollector } from './module.js';

const labels = ['stage', 'device', 'vm', 'direction'];

const packets = counter(
  'trapline_path_packets_total',
  'Packets a stage of the way to the capture carried: nic_driver, bridge or tap. direction is as this machine counts it, so a tap transmits towards its guest (a macvtap, which counts the other way round, is turned to agree).',
  labels,
);
const bytes = counter(
  'trapline_path_bytes_total',
  'Bytes of the packets of trapline_path_packets_total, with the same labels.',
  labels,
);
const drops = counter(
  'trapline_path_drops_total',
  'Packets a stage lost: at a tap, transmit is what the guest did not take in time; at a NIC, receive includes what the hardware missed.',
  labels,
);

export const pathDescription = {
  name: 'path',
  help: 'Packets, bytes and drops of NICs, bridges and taps, from /proc/net/dev',
  metrics: [packets, bytes, drops],
};

const stages: Partial<Record<DeviceKind, string>> = {
  nic: 'nic_driver',
  virtio: 'nic_driver',
  bridge: 'bridge',
  tap: 'tap',
  macvtap: 'tap',
};

/** Follows packets from the NIC to the tap of a guest, with one read of /proc/net/dev. */
export class PathCollector implements RunningCollector {
  readonly name = pathDescription.name;
  readonly help = pathDescription.help;
  readonly metrics = pathDescription.metrics;

  constructor(
    private readonly devices: Devices,
    private readonly vmOf: (tap: string) => Vm | undefined,
  ) {}

  collect(sink: Sink): void {
    for (const device of this.devices.read()) {
      const stage = stages[device.kind];
      if (stage === undefined) continue;
      const vm = (stage === 'tap' && this.vmOf(device.name)?.name) || '';
      const [receive, transmit] = asTheHostCounts(device);
      write(sink, [stage, device.name, vm, 'receive'], receive);
      write(sink, [stage, device.name, vm, 'transmit'], transmit);
    }
  }

  /** What went towards each guest, summed over its taps. */
  addToLive(vms: ReadonlyMap<string, LiveVm>): void {
    for (const device of this.devices.read()) {
      const vm = stages[device.kind] === 'tap' ? vms.get(this.vmOf(device.name)?.name ?? '') : undefined;
      if (!vm) continue;
      const [, transmit] = asTheHostCounts(device);
      vm.packets += transmit.packets;
      vm.drops += transmit.drops;
    }
  }
}

/** A macvtap counts what goes to the guest as received, because it came up from the NIC below. */
function asTheHostCounts({ kind, receive, transmit }: Device): [receive: Traffic, transmit: Traffic] {
  return kind === 'macvtap' ? [transmit, receive] : [receive, transmit];
}

function write(sink: Sink, labelValues: readonly string[], traffic: Traffic): void {
  sink.sample(packets, labelValues, traffic.packets);
  sink.sample(bytes, labelValues, traffic.bytes);
  sink.sample(drops, labelValues, traffic.drops);
}

export const pathModule: Module = {
  description: pathDescription,
  signals: [],
  create: ({ watch }) => new PathCollector(new Devices(), (tap) => watch.vmOfTap(tap)),
};
