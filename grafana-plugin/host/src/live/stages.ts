import { STAGES } from '../../../src/capture/roles';
import type { LiveHop, LiveStage } from '../../../../exporter/src/live/protocol';
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
  /** Distance from the tap, of a device that is on the way to the VM but not its own. */
  readonly hop?: string;
  /** Null where the loss of the stage is not known. */
  readonly dropped: number | null;
}

/** Stages that count what they then lose among what comes in. */
export const COUNT_WHAT_THEY_LOSE: readonly string[] = ['nic_hardware', 'bridge'];

/** What a device on the way to a VM carried and lost; a bridge lost for it what it dropped at the ports on the way. */
function atHop({ vm, device, hop, next }: LiveHop, path: readonly LiveStage[], hops: readonly LiveHop[]) {
  const ports = [
    '',
    next,
    ...hops.filter((each) => each.vm === vm && each.next === device).map((each) => each.device),
  ];
  return path
    .filter((stage) => stage.device === device)
    .map((stage): StageTraffic => {
      const { carried, dropped } = trafficOf(stage);
      const lost = ports.reduce((sum, port) => sum + droppedAt(stage, port), 0);
      return {
        stage: stage.stage,
        device,
        vm,
        hop: `${hop}`,
        carried,
        dropped: stage.stage === 'bridge' && dropped !== null ? lost : dropped,
      };
    });
}

/** A port may have any name, `__proto__` too. */
const droppedAt = ({ ports = {} }: LiveStage, port: string): number =>
  Object.hasOwn(ports, port) ? ports[port]! : 0;

function trafficOf({ stage, packets, drops }: LiveStage): Pick<StageTraffic, 'carried' | 'dropped'> {
  const lost = COUNT_WHAT_THEY_LOSE.includes(stage) ? (drops ?? 0) : 0;
  return { carried: packets === undefined ? null : Math.max(0, packets - lost), dropped: drops ?? null };
}

/**
 * The stages of an interval in the order of the way: those of the machine, the taps of these VMs with what is before them, and the machine's own
 * capture sockets where it has no VMs.
 */
export function stagesOf(
  { path, vms, captures }: Growth,
  names: readonly string[],
  hops: readonly LiveHop[] = [],
): StageTraffic[] {
  const machine = [...path.values()].map((stage) => ({
    stage: stage.stage,
    device: stage.device,
    vm: '',
    ...trafficOf(stage),
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
  const all = [...path.values()];
  const between = hops.filter(({ vm }) => names.includes(vm)).flatMap((hop) => atHop(hop, all, hops));
  return [...machine, ...between, ...taps, ...own].sort(
    (a, b) => ORDER.indexOf(a.stage) - ORDER.indexOf(b.stage),
  );
}
