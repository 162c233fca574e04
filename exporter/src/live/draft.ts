import type {
  LiveCapture,
  LiveHop,
  LiveMachine,
  LiveNic,
  LiveSample,
  LiveSeconds,
  LiveSoftirq,
  LiveStage,
  LiveVm,
} from './protocol.js';

/** What a sample holds of each kind, so that it stays small on any machine. */
export const MOST = {
  vms: 256,
  nics: 64,
  stages: 160,
  captures: 64,
  reasons: 16,
  unseen: 64,
  hops: 1024,
} as const;

type NumbersOf<T> = { [K in keyof T]-?: NonNullable<T[K]> extends number ? K : never }[keyof T];

/** A sample in the making, filled by folds.ts. */
export class Draft {
  readonly #vms: ReadonlyMap<string, LiveVm>;
  readonly #others: LiveVm = { vm: '' };
  readonly #stages = new Map<string, LiveStage>();
  readonly #nics = new Map<string, LiveNic>();
  readonly #captures = new Map<string, LiveCapture>();
  readonly #unseen: LiveMachine['unseen'] = [];
  readonly #hops = new Map<string, LiveHop>();
  /** What queues and filters do to what devices send; of those in the other set it is on the way to a VM. */
  readonly #sent = new Map<string, LiveStage>();
  readonly #outwards = new Set<string>();
  readonly cpu: Record<string, number> = {};
  readonly softirqs: Record<string, LiveSoftirq> = {};
  readonly dropReasons: Record<string, number> = {};
  squeezed: number | undefined;
  programs: number | undefined;

  /** `vms` are the names of those that live: what is said of others is left out. */
  constructor(vms: Iterable<string>) {
    this.#vms = new Map(Array.from(vms, (vm) => [vm, { vm }]));
  }

  /** Where to add what is said of a VM. Of one that does not live, nothing is kept. */
  vm(name: string): LiveVm {
    return this.#vms.get(name) ?? this.#others;
  }

  nic(device: string): LiveNic {
    return entry(this.#nics, device, () => ({ device }));
  }

  stage(stage: string, device: string): LiveStage {
    return entry(this.#stages, `${stage}/${device}`, () => ({ stage, device }));
  }

  capture(process: string, container: string, device: string, method: string): LiveCapture {
    const none = { sockets: 0, ringBytes: 0 };
    const key = JSON.stringify([process, container, device, method]);
    const where = { ...(container !== '' && { container }), device, method };
    return entry(this.#captures, key, () => ({ process, ...where, ...none }));
  }

  softirq(vector: string): LiveSoftirq {
    return (this.softirqs[vector] ??= {});
  }

  unseen(vm: string, device: string, reason: string): void {
    if (this.#unseen.length < MOST.unseen) this.#unseen.push({ vm, device, reason });
  }

  /** Where to add what is said of packets that a device sends. */
  sent(stage: string, device: string): LiveStage {
    return entry(this.#sent, `${stage}/${device}`, () => ({ stage, device }));
  }

  /** A device on the way to a VM; `outwards`: what goes to the VM is sent by it. Taps and ends without a device are left out. */
  hop(vm: string, device: string, hop: number, next: string, outwards: boolean): void {
    if (hop === 0 || device === '') return;
    if (outwards) this.#outwards.add(device);
    const key = `${vm}/${device}`;
    const known = this.#hops.get(key);
    if (known ? hop < known.hop : this.#hops.size < MOST.hops) this.#hops.set(key, { vm, device, hop, next });
  }

  /** What was seen, within its bounds. */
  finish(t: number, own: LiveSample['own']): { sample: LiveSample } & Pick<LiveMachine, 'unseen' | 'hops'> {
    for (const [key, stage] of this.#sent) if (this.#outwards.has(stage.device)) this.#stages.set(key, stage);
    const vms = largest(this.#vms.values(), MOST.vms, ({ packets = 0, drops = 0 }) => packets + drops);
    const nics = largest(this.#nics.values(), MOST.nics, ({ polled = 0 }) => polled);
    const path = largest(this.#stages.values(), MOST.stages, ({ packets = 0, drops = 0 }) => packets + drops);
    const captures = largest(
      this.#captures.values(),
      MOST.captures,
      ({ delivered = 0, drops = 0 }) => delivered + drops,
    );
    // A guest that KVM emulates throughout never leaves: its time is not known, and is not zero.
    for (const vm of vms.kept) if (!vm.exits) delete vm.seconds;
    const left = {
      ...(vms.left > 0 && { vms: vms.left }),
      ...(Math.max(nics.left, path.left) > 0 && { nics: Math.max(nics.left, path.left) }),
      ...(captures.left > 0 && { captures: captures.left }),
    };
    const reasons = Object.entries(this.dropReasons).sort(([, a], [, b]) => b - a);
    const sample: LiveSample = {
      t,
      vms: vms.kept,
      path: path.kept,
      nics: nics.kept,
      captures: captures.kept,
      ...present({ cpu: this.cpu, softirqs: this.softirqs }),
      ...(this.squeezed !== undefined && { squeezed: this.squeezed }),
      ...present({ dropReasons: Object.fromEntries(reasons.slice(0, MOST.reasons)) }),
      own: { ...own, ...(this.programs !== undefined && { programs: this.programs }) },
      ...present({ left }),
    };
    return { sample, unseen: this.#unseen, hops: [...this.#hops.values()] };
  }
}

/** Adds to a number that may not be there yet. Seconds become short this way, and what never falls still does not. */
export function add<T extends object, K extends NumbersOf<T>>(to: T, key: K, value: number): void {
  const numbers = to as Record<K, number | undefined>;
  numbers[key] = Math.round(((numbers[key] ?? 0) + value) * 1e6) / 1e6;
}

/** Times of no state at all. */
export const noSeconds = (): LiveSeconds => ({ guest: 0, kernel: 0, vmm: 0, runqueue: 0, blocked: 0 });

function entry<T>(map: Map<string, T>, key: string, make: () => T): T {
  const known = map.get(key) ?? make();
  map.set(key, known);
  return known;
}

/** Those of the greatest weight where there are too many. */
function largest<T>(
  all: Iterable<T>,
  most: number,
  weight: (each: T) => number,
): { kept: T[]; left: number } {
  const kept = [...all];
  if (kept.length <= most) return { kept, left: 0 };
  kept.sort((a, b) => weight(b) - weight(a));
  return { left: kept.length - most, kept: kept.slice(0, most) };
}

/** Only the records that have something in them. */
function present<T extends Record<string, object>>(records: T): Partial<T> {
  const full = Object.entries(records).filter(([, record]) => Object.keys(record).length > 0);
  return Object.fromEntries(full) as Partial<T>;
}
