import type { bridge_drop_row } from '../../kernel/index.js';
import { type Table } from '../../kernel/index.js';
import { functionOfNumber, type Place } from './functions.js';

/** A row of the kernel's table that is in use. */
export interface DropRow extends Place {
  row: number;
  /** In the namespace `netns`, by its inode number. */
  ifindex: number;
  netns: number;
  packets: number;
}

/** DROP_PLACE() in bpf/bridge_drops.h */
const IFINDEXES = 2 ** 32;
const REASONS = 2 ** 11;
const FUNCTIONS = 2 * IFINDEXES * REASONS;

/** The rows in use. `reasons` are the kernel's own names of skb_drop_reason by number. */
export function* dropRows(
  table: Pick<Table<typeof bridge_drop_row>, 'u64' | 'u32' | 'length'>,
  reasons: ReadonlyMap<number, string>,
): Generator<DropRow> {
  for (let row = 0; row < table.length; row++) {
    const place = table.u64(row, 'place');
    if (place === 0) continue;
    const name = functionOfNumber(Math.floor(place / FUNCTIONS));
    if (name === undefined) continue;
    const reason = Math.floor(place / IFINDEXES) % REASONS;
    yield {
      row,
      function: name,
      multicast: Math.floor(place / IFINDEXES / REASONS) % 2 === 1,
      reason: reason === 0 ? '' : (reasons.get(reason) ?? String(reason)).replace(/^SKB_(DROP_REASON_)?/, ''),
      ifindex: place % IFINDEXES,
      netns: table.u32(row, 'netns'),
      packets: table.u64(row, 'packets'),
    };
  }
}

/** Frees a row for another place: only where its device is gone, so that nothing is dropped at it any more. */
export function freeRow(table: Pick<Table<typeof bridge_drop_row>, 'setU64' | 'setU32'>, row: number): void {
  table.setU64(row, 'packets', 0n);
  table.setU32(row, 'netns', 0);
  table.setU64(row, 'place', 0n);
}
