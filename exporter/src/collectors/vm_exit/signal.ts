import type { Signal } from '../../kernel/index.js';

/** A module whose virtualisation makes VM exits, beside kvm itself. */
const ANY_VENDOR = ['kvm_intel', 'kvm_amd', 'kvm_pvm'];

/** bpf/vm_exit.bpf.c */
export const vmExitSignal: Signal = {
  name: 'vm_exit',
  tables: {
    vcpu_rows: 'read',
    command_rows: 'read',
    reason_rows: 'read',
    free_vcpus: 'write',
    free_reasons: 'write',
    lost: 'read',
  },
  programs: [
    {
      name: 'kvm_exit',
      hook: 'tp_btf/kvm_exit',
      // The older form is tried first: kernels with the new one refuse its third argument, while those with the old one
      // would take the newer form and misread it. The last one is for kernels that let no program look at any address.
      functions: ['kvm_exit_with_reason', 'kvm_exit', 'kvm_exit_fetching'],
      modules: ['kvm', ANY_VENDOR],
    },
    { name: 'kvm_entry', hook: 'tp_btf/kvm_entry', functions: ['kvm_entry'], modules: ['kvm', ANY_VENDOR] },
    {
      name: 'kvm_userspace_exit',
      hook: 'tp_btf/kvm_userspace_exit',
      functions: ['kvm_userspace_exit'],
      modules: ['kvm'],
    },
    {
      name: 'kvm_vcpu_wakeup',
      hook: 'tp_btf/kvm_vcpu_wakeup',
      functions: ['kvm_vcpu_wakeup'],
      modules: ['kvm'],
    },
    {
      name: 'kvm_emulate_insn',
      hook: 'tp_btf/kvm_emulate_insn',
      functions: ['kvm_emulate_insn'],
      modules: ['kvm'],
    },
  ],
  // A wake-up tells how long a halt slept where the scheduler's clock does not.
  needs: [
    { metrics: ['trapline_vm_exits_total', 'trapline_vm_exit_flags_total'], programs: ['kvm_exit'] },
    {
      metrics: ['trapline_vm_exit_seconds_total'],
      programs: ['kvm_exit', 'kvm_entry', 'kvm_userspace_exit', 'kvm_vcpu_wakeup'],
    },
    {
      metrics: ['trapline_vm_exit_duration_seconds'],
      programs: ['kvm_exit', 'kvm_entry', 'kvm_vcpu_wakeup'],
    },
    { metrics: ['trapline_vm_guest_seconds_total'], programs: ['kvm_exit', 'kvm_entry'] },
    { metrics: ['trapline_vm_userspace_exits_total'], programs: ['kvm_userspace_exit'] },
    { metrics: ['trapline_vm_emulated_instructions_total'], programs: ['kvm_emulate_insn'] },
  ],
};
