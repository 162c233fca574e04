import type { Signal } from '../../kernel/index.js';

/** bpf/nic_interrupt.bpf.c */
export const nicInterruptSignal: Signal = {
  name: 'nic_interrupt',
  tables: { interrupt_lines: 'write', shared_handlers: 'write', nic_interrupt_rows: 'read' },
  programs: ['irq_handler_entry', 'irq_handler_exit'].map((name) => ({
    name,
    hook: `tp_btf/${name}`,
    functions: [name],
    modules: [],
  })),
};
