import { drop_reason_row, kernelEnum, onEveryCpu, possibleCpus, Table } from '../../kernel/index.js';
import type { Module } from '../module.js';
import { DropReasonsCollector, dropReasonsDescription } from './collector.js';
import { dropReasonsSignal } from './signal.js';

export const dropReasonsModule: Module = {
  description: dropReasonsDescription,
  signals: [dropReasonsSignal],
  offByDefault: true,
  create({ handles }) {
    const table = handles(dropReasonsSignal.name)?.tables['drop_reasons'];
    if (table === undefined) return undefined;
    const rows = new Table(table, onEveryCpu(drop_reason_row));
    return new DropReasonsCollector(rows, possibleCpus(), kernelEnum('skb_drop_reason'));
  },
};
