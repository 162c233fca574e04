import type { Program, Signal } from '../../kernel/index.js';

/** The program that must be attached for what an application clears to be folded. */
export const FOLDING = 'packet_getsockopt';

const onFunction = (kind: 'fentry' | 'fexit', kernelFunction: string, name = kernelFunction): Program => ({
  name,
  hook: `${kind}/${kernelFunction}`,
  functions: [name],
  modules: [],
});

/** bpf/capture.bpf.c. AF_PACKET is built into most kernels; where it is a module its types come with it. */
export const captureSignal: Signal = {
  name: 'capture',
  indispensable: true,
  tables: { closed: 'read', free_closed: 'write', lost: 'read' },
  programs: [
    {
      name: 'capture_sockets',
      hook: 'iter/task_file',
      functions: ['capture_sockets'],
      modules: [],
      iterator: { reloadedFor: ['af_packet'] },
    },
    onFunction('fentry', 'packet_getsockopt', 'packet_getsockopt_entry'),
    onFunction('fexit', 'packet_getsockopt', FOLDING),
    onFunction('fentry', 'packet_release'),
    onFunction('fentry', 'packet_sock_destruct'),
    onFunction('fentry', 'xsk_release'),
  ],
};
