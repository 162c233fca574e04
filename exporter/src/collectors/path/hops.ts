import type { Sink } from '../../exposition/metric.js';
import { Ways, type Device, type Hop } from '../../machine/index.js';
import type { VmTap } from '../../watch.js';
import { named } from './interfaces.js';
import { hopInfo } from './metrics.js';
import type { Stage } from './stage.js';

/** The devices between the taps of VMs and the wire. The last stage: where the budget of series ends, counters stay. */
export class Hops implements Stage {
  #devices: readonly Device[] = [];
  #taps: readonly string[] = [];
  #rows: readonly (readonly string[])[] = [];

  /** `namespace` is the inode number of the network namespace of this process. */
  constructor(private readonly namespace: number | undefined) {}

  collect(sink: Sink, devices: readonly Device[], taps: readonly VmTap[]): void {
    const now = [...named(taps)];
    const identities = now.map(({ vm, device, tap }) =>
      [vm.name, device, tap.kind, tap.netns, tap.ifindex].join('\0'),
    );
    if (!same(this.#taps, identities, Object.is) || !same(this.#devices, devices, linkedAlike)) {
      this.#rows = this.#follow(now, devices);
      this.#devices = devices;
      this.#taps = identities;
    }
    for (const row of this.#rows) sink.sample(hopInfo, row, 1);
  }

  #follow(taps: readonly (VmTap & { device: string })[], devices: readonly Device[]): string[][] {
    const ways = new Ways(devices);
    return taps.flatMap(({ vm, tap, device }) => {
      const hops = tap.netns === this.namespace ? ways.to(tap.ifindex, device) : elsewhere(device, tap.kind);
      return hops.map(({ hop, kind, device: at, direction, next }) => [
        ...[vm.name, device, `${hop}`, kind, at, direction, next],
      ]);
    });
  }
}

const elsewhere = (device: string, kind: string): Hop[] => [
  { hop: 0, kind, device, direction: 'transmit', next: '' },
  { hop: 1, kind: 'namespace', device: '', direction: 'receive', next: device },
];

const same = <T>(a: readonly T[], b: readonly T[], alike: (a: T, b: T) => boolean): boolean =>
  a.length === b.length && a.every((each, i) => alike(each, b[i]!));

const linkedAlike = (a: Device, b: Device): boolean =>
  a.index === b.index &&
  a.name === b.name &&
  a.master === b.master &&
  a.blocked === b.blocked &&
  a.lower === b.lower &&
  a.lowerNamespace === b.lowerNamespace &&
  a.type === b.type &&
  a.kind === b.kind;
