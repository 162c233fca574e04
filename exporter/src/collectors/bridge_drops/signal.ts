import { drop_code_range, drop_code_ranges_in_use, type Signal } from '../../kernel/index.js';
import { codeTeacher } from '../kernel_code/table.js';
import { numberOfFunction } from './functions.js';

/** bpf/bridge_drops.bpf.c */
export const bridgeDropsSignal: Signal = {
  name: 'bridge_drops',
  tables: { bridge_drop_rows: 'write', bridge_drops_lost: 'read' },
  programs: [
    {
      name: 'bridge_drop',
      hook: 'tp_btf/kfree_skb',
      functions: ['bridge_drop', 'bridge_drop_without_reason'],
      modules: [],
    },
  ],
  needs: [
    {
      metrics: ['trapline_bridge_drops_total', 'trapline_bridge_drop_reasons_total'],
      programs: ['bridge_drop'],
    },
  ],
  teacher: (table) =>
    codeTeacher(
      {
        ranges: { fd: table('drop_code_ranges'), layout: drop_code_range },
        inUse: { fd: table('drop_code_ranges_in_use'), layout: drop_code_ranges_in_use },
      },
      numberOfFunction,
    ),
};
