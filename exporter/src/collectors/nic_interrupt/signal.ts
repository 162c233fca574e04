import type { Signal } from '../../kernel/index.js';

/** The time between the two; what ends is counted. */
const PAIR = ['irq_handler_entry', 'irq_handler_exit'];

/** bpf/nic_interrupt.bpf.c */
export const nicInterruptSignal: Signal = {
  name: 'nic_interrupt',
  tables: { interrupt_lines: 'write', shared_handlers: 'write', nic_interrupt_rows: 'read' },
  programs: PAIR.map((name) => ({
    name,
    hook: `tp_btf/${name}`,
    functions: [name],
    modules: [],
  })),
  needs: [
    { metrics: ['trapline_nic_interrupts_total', 'trapline_nic_interrupt_seconds_total'], programs: PAIR },
  ],
};
