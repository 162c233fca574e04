import type { Signal } from '../../kernel/index.js';

/** bpf/drop_reasons.bpf.c */
export const dropReasonsSignal: Signal = {
  name: 'drop_reasons',
  tables: { drop_reasons: 'read' },
  perCpu: ['drop_reasons'],
  programs: [{ name: 'kfree_skb', hook: 'tp_btf/kfree_skb', functions: ['kfree_skb'], modules: [] }],
  needs: [{ metrics: ['trapline_drop_reasons_total'], programs: ['kfree_skb'] }],
};
