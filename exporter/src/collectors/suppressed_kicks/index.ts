import { suppressed_kicks_row, Table } from '../../kernel/index.js';
import { networkQueues } from '../../machine/index.js';
import type { Module } from '../module.js';
import { SuppressedKicksCollector, suppressedKicksDescription } from './collector.js';
import { suppressedKicksSignal } from './signal.js';

export const suppressedKicksModule: Module = {
  description: suppressedKicksDescription,
  signals: [suppressedKicksSignal],
  side: 'guest',
  offByDefault: true,
  create({ handles }) {
    const table = handles(suppressedKicksSignal.name)?.tables['suppressed_kicks'];
    if (table === undefined) return undefined;
    return new SuppressedKicksCollector(new Table(table, suppressed_kicks_row), networkQueues);
  },
};
