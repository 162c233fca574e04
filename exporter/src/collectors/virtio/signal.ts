import type { Program, Signal } from '../../kernel/index.js';

const program = (kind: 'fentry' | 'fexit', name: string): Program => ({
  name,
  hook: `${kind}/${name}`,
  functions: [name],
  modules: ['kvm'],
});

/** bpf/virtio.bpf.c. The end of VMs comes first, so that no row outlives its VM. */
export const virtioSignal: Signal = {
  name: 'virtio',
  tables: { virtio_rows: 'read', free_virtio_rows: 'write', virtio_lost: 'read' },
  programs: [
    program('fentry', 'kvm_arch_destroy_vm'),
    program('fexit', 'ioeventfd_write'),
    program('fexit', 'kvm_arch_vcpu_ioctl_run'),
    program('fexit', 'kvm_arch_set_irq_inatomic'),
    program('fentry', 'irqfd_inject'),
    program('fexit', 'kvm_send_userspace_msi'),
    program('fexit', 'kvm_vm_ioctl_irq_line'),
  ],
  // Without the end of a VM its counts go on under the next VM at its address.
  needs: [
    {
      metrics: ['trapline_virtio_kicks_total'],
      programs: ['kvm_arch_destroy_vm', 'ioeventfd_write', 'kvm_arch_vcpu_ioctl_run'],
    },
    {
      metrics: ['trapline_virtio_injections_total'],
      programs: [
        ...['kvm_arch_destroy_vm', 'kvm_arch_set_irq_inatomic', 'irqfd_inject'],
        ...['kvm_send_userspace_msi', 'kvm_vm_ioctl_irq_line'],
      ],
    },
  ],
};
