import type { Program, Signal } from '../../kernel/index.js';

const onFunction = (kind: 'fentry' | 'fexit', kernelFunction: string, name = kernelFunction): Program => ({
  name,
  hook: `${kind}/${kernelFunction}`,
  functions: [name],
  modules: [],
});

const COUNTS = [
  'trapline_capture_packets_total',
  'trapline_capture_drops_total',
  'trapline_capture_ring_frozen_total',
  'trapline_capture_socket_packets_total',
  'trapline_capture_socket_drops_total',
];
const SOCKETS = [...COUNTS, 'trapline_capture_ring_bytes', 'trapline_capture_sockets'];

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
    // The older form is tried first: since 7.2 the kernel refuses its last argument.
    {
      ...onFunction('fexit', 'packet_getsockopt'),
      functions: ['packet_getsockopt', 'packet_getsockopt_iter'],
    },
    onFunction('fentry', 'packet_release'),
    onFunction('fentry', 'packet_sock_destruct'),
    onFunction('fentry', 'xsk_release'),
  ],
  needs: [
    { metrics: SOCKETS, programs: ['capture_sockets'] },
    // Applications read the kernel's counters all the time, which clears them: what nobody folds is gone, and a sum without it
    // can be 0 while thousands are dropped. What a closed socket counted last is in no other place.
    {
      metrics: COUNTS,
      only: { label: 'method', values: ['plain', 'v1', 'v2', 'v3'] },
      programs: ['packet_getsockopt_entry', 'packet_getsockopt', 'packet_release', 'packet_sock_destruct'],
    },
    { metrics: COUNTS, only: { label: 'method', values: ['xdp'] }, programs: ['xsk_release'] },
  ],
};
