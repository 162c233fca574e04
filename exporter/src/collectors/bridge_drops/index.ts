import { statSync } from 'node:fs';
import { bridge_drop_row, bridge_drops_lost, kernelEnum, Table } from '../../kernel/index.js';
import type { Module } from '../module.js';
import { BridgeDropsCollector, bridgeDropsDescription, type Source } from './collector.js';
import { portsByIndex, readBridges } from './ports.js';
import { dropRows, freeRow } from './rows.js';
import { bridgeDropsSignal } from './signal.js';
import { Tally } from './tally.js';

/** How long a row of another network namespace is kept that does not grow. */
const PATIENCE_MS = 3_600_000;

export const bridgeDropsModule: Module = {
  description: bridgeDropsDescription,
  signals: [bridgeDropsSignal],
  create({ watch, handles }) {
    const tables = handles(bridgeDropsSignal.name)?.tables;
    if (!tables) return undefined;
    const tally = new Tally(statSync('/proc/self/ns/net').ino, PATIENCE_MS, () => performance.now());
    const look = (): void => tally.follow(portsByIndex(readBridges()));
    watch.afterScan(look);
    return new BridgeDropsCollector(sourceOf(tables), tally, look);
  },
};

function sourceOf(tables: Readonly<Record<string, number>>): Source {
  const rows = new Table(tables['bridge_drop_rows']!, bridge_drop_row, 'write');
  const lost = new Table(tables['bridge_drops_lost']!, bridge_drops_lost);
  const reasons = kernelEnum('skb_drop_reason');
  return {
    rows: () => [...dropRows(rows, reasons)],
    free: (row) => freeRow(rows, row),
    lost: () => ({ table_full: lost.u64(0, 'table_full') }),
  };
}
