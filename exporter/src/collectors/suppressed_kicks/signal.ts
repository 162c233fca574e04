import type { Signal } from '../../kernel/index.js';

/** bpf/suppressed_kicks.bpf.c. Where virtio is built in only its drivers can be seen to be there. */
export const suppressedKicksSignal: Signal = {
  name: 'suppressed_kicks',
  tables: { suppressed_kicks: 'read' },
  programs: [
    {
      name: 'virtqueue_kick_prepare',
      hook: 'fexit/virtqueue_kick_prepare',
      functions: ['virtqueue_kick_prepare'],
      modules: ['virtio_net'],
    },
  ],
  needs: [{ metrics: ['trapline_virtqueue_kicks_suppressed_total'], programs: ['virtqueue_kick_prepare'] }],
};
