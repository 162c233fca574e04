import { formattedValueToString, type Field } from '@grafana/data';
import type { Capture } from '../capture/capture';
import type { Role } from '../capture/roles';
import { costRate, costTick, packetRate, percent, perPacket, si } from './format';

/** How the numbers of a capture are written: in the panel's own way, or as the user has set unit and decimals. */
export interface Formats {
  /** Throughput with its unit, and as a tick of an axis. */
  readonly packets: (value: number | null) => string;
  readonly packetsTick: (value: number) => string;
  readonly packetsTitle: string;
  /** Cost with its unit, and as a tick of an axis. */
  readonly cost: (value: number | null) => string;
  readonly costTick: (value: number) => string;
  readonly costTitle: string;
  readonly loss: (value: number | null) => string;
  /** Cost of one packet, given in seconds or exits. */
  readonly perPacket: (value: number) => string;
}

/** Units that mean what the panel shows anyway. */
const OWN_UNITS: Readonly<Partial<Record<Role, readonly string[]>>> = {
  throughput: ['', 'none', 'short', 'pps'],
  cost: ['', 'none', 'short', 's'],
  exits: ['', 'none', 'short', 'cps', 'ops'],
};

/** The field whose settings speak for a role: the first that was read for it. */
export function fieldOf({ sources }: Capture, role: Role): Field | undefined {
  return sources.find((source) => source.role === role)?.series.field;
}

/** The role that the cost was read from. */
export function costRole({ kind }: Capture): 'cost' | 'exits' {
  return kind === 'seconds' ? 'cost' : 'exits';
}

/** The settings of the fields that the axes follow, as one comparable text. */
export function settingsOf(capture: Capture): string {
  const roles = ['throughput', costRole(capture)] as const;
  return JSON.stringify(
    roles.map((role) => {
      const { unit, decimals, min, max, thresholds, custom } = fieldOf(capture, role)?.config ?? {};
      return [role, unit, decimals, min, max, thresholds, custom];
    }),
  );
}

export function formatsOf(capture: Capture): Formats {
  const { kind } = capture;
  const packets = chosenBy(capture, 'throughput');
  const cost = chosenBy(capture, costRole(capture));
  return {
    packets: packets ?? packetRate,
    packetsTick: packets ?? si,
    packetsTitle: packets ? 'throughput' : 'throughput, packets/s',
    cost: cost ?? ((value) => costRate(value, kind)),
    costTick: cost ?? ((value) => costTick(value, kind)),
    costTitle: cost
      ? kind === 'seconds'
        ? 'exit time'
        : 'exits'
      : kind === 'seconds'
        ? 'exit time, share of one core'
        : 'exits/s',
    loss: percent,
    perPacket: (value) => perPacket(value, kind),
  };
}

/** The user's own format of a role; undefined where neither another unit nor decimals are set. */
function chosenBy(capture: Capture, role: Role): ((value: number | null) => string) | undefined {
  const field = fieldOf(capture, role);
  const { unit, decimals } = field?.config ?? {};
  const own = OWN_UNITS[role]!.includes(unit ?? '') && typeof decimals !== 'number';
  const display = field?.display;
  return own || !display
    ? undefined
    : (value) => (value === null ? '–' : formattedValueToString(display(value)));
}
