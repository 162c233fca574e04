import { drivers, type Driver, type Source, type StandardField } from './nic_drivers.js';

/**
 * Where the loss of a NIC is counted: in counters of its driver, in the standard ones as its driver fills them, nowhere
 * (`none`: the driver has no counter for it), or `unknown`: in standard ones, of which some may be left out.
 */
export type LossSource = 'driver' | 'standard' | 'none' | 'unknown';

export const QUANTITIES = ['packets', 'bytes', 'drops'] as const;
export const DIRECTIONS = ['receive', 'transmit'] as const;
export type Quantity = (typeof QUANTITIES)[number];
export type Direction = (typeof DIRECTIONS)[number];

/** One counter of a driver, by its position among them, or a standard one. */
export interface Counter {
  /** What it is known by, whatever counters come and go. */
  key: string;
  at: number | StandardField;
  /** Where it wraps: 2^16, 2^32, or never. */
  range: number;
}

/** How one number of a NIC is had: all that is added without all that is subtracted. */
export interface HardwareSum {
  quantity: Quantity;
  direction: Direction;
  added: readonly Counter[];
  subtracted: readonly Counter[];
}

/** How the numbers of a NIC's hardware are had. */
export interface HardwareCounters {
  loss: LossSource;
  sums: readonly HardwareSum[];
}

/** Standard counters that may count loss under a driver that is unknown. */
export const STANDARD_LOSS: readonly StandardField[] = [
  'rx_missed_errors',
  'rx_over_errors',
  'rx_fifo_errors',
];

/** How the numbers of the hardware under a driver are had, given the names of the driver's counters. */
export function hardwareCounters(driver: string, names: readonly string[]): HardwareCounters {
  const known = Object.hasOwn(drivers, driver) ? drivers[driver] : undefined;
  if (!known) return { loss: 'unknown', sums: [] };
  // cxgb4 pads its names, and vmxnet3 indents them.
  const trimmed = names.map((name) => name.trim());
  const sums = QUANTITIES.flatMap((quantity) =>
    DIRECTIONS.flatMap((direction) => {
      const found = (known[quantity]?.[direction] ?? []).map((source) => countersOf(source, trimmed));
      const added = found.flatMap((counters) => counters.added);
      if (added.length === 0) return [];
      return { quantity, direction, added, subtracted: found.flatMap((counters) => counters.subtracted) };
    }),
  );
  return { loss: lossSource(known, sums), sums };
}

function lossSource(driver: Driver, sums: readonly HardwareSum[]): LossSource {
  if (driver.drops.receive.length === 0) return 'none';
  const lost = sums.find(({ quantity, direction }) => quantity === 'drops' && direction === 'receive');
  if (!lost) return 'unknown';
  return lost.added.some(({ at }) => typeof at === 'number') ? 'driver' : 'standard';
}

function countersOf(source: Source, names: readonly string[]): Pick<HardwareSum, 'added' | 'subtracted'> {
  const { unless, except, bits } = source;
  if (unless && names.some((name) => unless.test(name))) return { added: [], subtracted: [] };
  const range = bits === undefined ? Infinity : 2 ** bits;
  // Queues of vmxnet3 have counters of the same name.
  const named = (pattern: RegExp): Counter[] =>
    [...names.entries()]
      .filter(([, name]) => pattern.test(name))
      .map(([at, name], nth) => ({ key: `${name} ${nth}`, at, range }));
  const added =
    'standard' in source ? [{ key: source.standard, at: source.standard, range }] : named(source.named);
  return { added, subtracted: except && added.length > 0 ? named(except) : [] };
}
