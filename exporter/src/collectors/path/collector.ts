import type { Sink } from '../../exposition/metric.js';
import type { Device, Devices } from '../../machine/index.js';
import type { VmTap } from '../../watch.js';
import type { RunningCollector } from '../module.js';
import type { Bridged } from './bridged.js';
import {
  backlog,
  bytes,
  drops,
  hopInfo,
  invisible,
  nicHardwareAge,
  nicHardwareInfo,
  ovsDrops,
  ovsPackets,
  ovsPortDrops,
  packets,
  queueLimit,
  queuePackets,
  rxDropped,
  softnetDrops,
  squeezed,
  vfBytes,
  vfDrops,
  vfPackets,
  xdpProgram,
} from './metrics.js';
import type { Refused } from './refused.js';
import type { Stage } from './stage.js';

export const pathDescription = {
  name: 'path',
  help: 'Packets, bytes and drops by stage from the NIC to the tap of a guest, and what passes this kernel by',
  metrics: [
    packets,
    bytes,
    drops,
    rxDropped,
    backlog,
    queuePackets,
    queueLimit,
    nicHardwareInfo,
    nicHardwareAge,
    squeezed,
    softnetDrops,
    vfPackets,
    vfBytes,
    vfDrops,
    ovsPackets,
    ovsDrops,
    ovsPortDrops,
    invisible,
    hopInfo,
    xdpProgram,
  ],
};

/** Follows packets from the NIC to the tap of a guest. */
export class PathCollector implements RunningCollector {
  readonly name = pathDescription.name;
  readonly help = pathDescription.help;
  readonly metrics = pathDescription.metrics;

  constructor(
    private readonly devices: Pick<Devices, 'read'>,
    private readonly refused: Refused,
    private readonly bridged: Bridged,
    private readonly taps: (devices: readonly Device[]) => readonly VmTap[],
    private readonly stages: readonly Stage[],
  ) {}

  collect(sink: Sink): void {
    const devices = this.bridged.from(this.refused.from(this.devices.read()));
    const taps = this.taps(devices);
    for (const stage of this.stages) stage.collect(sink, devices, taps);
  }
}
