import { STAGES } from '../../../src/capture/roles';
import type { Growth } from './history';

const ORDER: readonly string[] = STAGES;

/** What one stage of the way to the capture carried and lost, in packets. */
export interface StageTraffic {
  readonly stage: string;
  readonly device: string;
  /** Empty for a stage that belongs to no VM. */
  readonly vm: string;
  /** Without those that were lost. */
  readonly carried: number | null;
  /** Null where the loss of the stage is not known. */
  readonly dropped: number | null;
}

/** Stages that count what they then lose among what comes in. */
export const COUNT_WHAT_THEY_LOSE: readonly string[] = ['nic_hardware', 'bridge'];

/**
 * The stages of an interval in the order of the way: those of the machine, the taps of these VMs with what is before them, and the machine's own
 * capture sockets where it has no VMs.
 */
export function stagesOf({ path, vms, captures }: Growth, names: readonly string[]): StageTraffic[] {
  const machine = [...path.values()].map(({ stage, device, packets, drops }) => ({
    stage,
    device,
    vm: '',
    carried:
      packets === undefined
        ? null
        : COUNT_WHAT_THEY_LOSE.includes(stage)
          ? Math.max(0, packets - (drops ?? 0))
          : packets,
    dropped: drops ?? null,
  }));
  const taps = names.flatMap((vm) => {
    const { packets, drops = 0, queueDrops, filterDrops } = vms.get(vm) ?? {};
    const losses = [
      ['tap', drops],
      ['qdisc', queueDrops],
      ['tc', filterDrops],
    ] as const;
    let carried = packets;
    return losses.flatMap(([stage, dropped]) => {
      if (carried === undefined || dropped === undefined) {
        return [];
      }
      const entry = { stage, device: '', vm, carried, dropped };
      carried += dropped;
      return [entry];
    });
  });
  const sockets = [...captures.values()].filter(({ delivered }) => delivered !== undefined);
  const socket = { stage: 'socket', device: '', vm: '' };
  const own =
    names.length === 0 && sockets.length > 0
      ? [
          {
            ...socket,
            carried: sockets.reduce((sum, { delivered = 0 }) => sum + delivered, 0),
            dropped: sockets.reduce((sum, { drops = 0 }) => sum + drops, 0),
          },
        ]
      : [];
  return [...machine, ...taps, ...own].sort((a, b) => ORDER.indexOf(a.stage) - ORDER.indexOf(b.stage));
}
