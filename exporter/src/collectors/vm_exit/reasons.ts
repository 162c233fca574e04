/**
 * Exit codes by number, as the kernel's own user-space headers give them, with the class under which Intel and AMD share a
 * dashboard. This is data: check it against arch/x86/include/uapi/asm/vmx.h, arch/x86/include/uapi/asm/svm.h and
 * include/uapi/linux/kvm.h. The names are those that the tracepoint kvm_exit prints.
 */
import { code_space } from '../../kernel/index.js';

/** What made the guest stop, whatever the processor calls it. */
export const EXIT_CLASSES = [
  'io',
  'mmio',
  'halt',
  'interrupt',
  'cpuid',
  'msr',
  'page_fault',
  'hypercall',
  'pause',
  'other',
] as const;

export type ExitClass = (typeof EXIT_CLASSES)[number];

export interface Reason {
  reason: string;
  class: ExitClass;
}

type Names = Readonly<Record<number, string>>;

/** EXIT_REASON_* of vmx.h. */
const VMX: Names = {
  0: 'EXCEPTION_NMI',
  1: 'EXTERNAL_INTERRUPT',
  2: 'TRIPLE_FAULT',
  3: 'INIT_SIGNAL',
  4: 'SIPI_SIGNAL',
  6: 'OTHER_SMI',
  7: 'INTERRUPT_WINDOW',
  8: 'NMI_WINDOW',
  9: 'TASK_SWITCH',
  10: 'CPUID',
  12: 'HLT',
  13: 'INVD',
  14: 'INVLPG',
  15: 'RDPMC',
  16: 'RDTSC',
  18: 'VMCALL',
  19: 'VMCLEAR',
  20: 'VMLAUNCH',
  21: 'VMPTRLD',
  22: 'VMPTRST',
  23: 'VMREAD',
  24: 'VMRESUME',
  25: 'VMWRITE',
  26: 'VMOFF',
  27: 'VMON',
  28: 'CR_ACCESS',
  29: 'DR_ACCESS',
  30: 'IO_INSTRUCTION',
  31: 'MSR_READ',
  32: 'MSR_WRITE',
  33: 'INVALID_STATE',
  34: 'MSR_LOAD_FAIL',
  36: 'MWAIT_INSTRUCTION',
  37: 'MONITOR_TRAP_FLAG',
  39: 'MONITOR_INSTRUCTION',
  40: 'PAUSE_INSTRUCTION',
  41: 'MCE_DURING_VMENTRY',
  43: 'TPR_BELOW_THRESHOLD',
  44: 'APIC_ACCESS',
  45: 'EOI_INDUCED',
  46: 'GDTR_IDTR',
  47: 'LDTR_TR',
  48: 'EPT_VIOLATION',
  49: 'EPT_MISCONFIG',
  50: 'INVEPT',
  51: 'RDTSCP',
  52: 'PREEMPTION_TIMER',
  53: 'INVVPID',
  54: 'WBINVD',
  55: 'XSETBV',
  56: 'APIC_WRITE',
  57: 'RDRAND',
  58: 'INVPCID',
  59: 'VMFUNC',
  60: 'ENCLS',
  61: 'RDSEED',
  62: 'PML_FULL',
  63: 'XSAVES',
  64: 'XRSTORS',
  67: 'UMWAIT',
  68: 'TPAUSE',
  74: 'BUS_LOCK',
  75: 'NOTIFY',
  77: 'TDCALL',
};

/** SVM_EXIT_* of svm.h. */
const SVM: Names = {
  ...numbered(0x00, 'read_cr', 16),
  ...numbered(0x10, 'write_cr', 16),
  ...numbered(0x20, 'read_dr', 16),
  ...numbered(0x30, 'write_dr', 16),
  ...exceptions(0x40),
  0x60: 'interrupt',
  0x61: 'nmi',
  0x62: 'smi',
  0x63: 'init',
  0x64: 'vintr',
  0x65: 'cr0_sel_write',
  0x66: 'read_idtr',
  0x67: 'read_gdtr',
  0x68: 'read_ldtr',
  0x69: 'read_rt',
  0x6a: 'write_idtr',
  0x6b: 'write_gdtr',
  0x6c: 'write_ldtr',
  0x6d: 'write_rt',
  0x6e: 'rdtsc',
  0x6f: 'rdpmc',
  0x70: 'pushf',
  0x71: 'popf',
  0x72: 'cpuid',
  0x73: 'rsm',
  0x74: 'iret',
  0x75: 'swint',
  0x76: 'invd',
  0x77: 'pause',
  0x78: 'hlt',
  0x79: 'invlpg',
  0x7a: 'invlpga',
  0x7b: 'io',
  0x7c: 'msr',
  0x7d: 'task_switch',
  0x7e: 'ferr_freeze',
  0x7f: 'shutdown',
  0x80: 'vmrun',
  0x81: 'hypercall',
  0x82: 'vmload',
  0x83: 'vmsave',
  0x84: 'stgi',
  0x85: 'clgi',
  0x86: 'skinit',
  0x87: 'rdtscp',
  0x88: 'icebp',
  0x89: 'wbinvd',
  0x8a: 'monitor',
  0x8b: 'mwait',
  0x8c: 'mwait_cond',
  0x8d: 'xsetbv',
  0x8e: 'rdpru',
  0x8f: 'write_efer_trap',
  ...numbered(0x90, 'write_cr', 16, '_trap'),
  0xa2: 'invpcid',
  0xa5: 'bus_lock',
  0xa6: 'idle_hlt',
  0x400: 'npf',
  0x401: 'avic_incomplete_ipi',
  0x402: 'avic_unaccelerated_access',
  0x403: 'vmgexit',
  0x80000001: 'vmgexit_mmio_read',
  0x80000002: 'vmgexit_mmio_write',
  0x80000003: 'vmgexit_nmi_complete',
  0x80000004: 'vmgexit_ap_hlt_loop',
  0x80000005: 'vmgexit_ap_jump_table',
  0x80000010: 'vmgexit_page_state_change',
  0x80000011: 'vmgexit_guest_request',
  0x80000012: 'vmgexit_ext_guest_request',
  0x80000013: 'vmgexit_ap_creation',
  0x8000fffd: 'vmgexit_hypervisor_feature',
  0xffffffff: 'invalid_guest_state',
};

/** KVM_EXIT_* of kvm.h, and USERSPACE_ERROR of bpf/vm_exit.h. */
const USERSPACE: Names = {
  0: 'unknown',
  1: 'exception',
  2: 'io',
  3: 'hypercall',
  4: 'debug',
  5: 'hlt',
  6: 'mmio',
  7: 'irq_window_open',
  8: 'shutdown',
  9: 'fail_entry',
  10: 'intr',
  11: 'set_tpr',
  12: 'tpr_access',
  16: 'nmi',
  17: 'internal_error',
  24: 'system_event',
  26: 'ioapic_eoi',
  27: 'hyperv',
  29: 'rdmsr',
  30: 'wrmsr',
  31: 'dirty_ring_full',
  32: 'ap_reset_hold',
  33: 'bus_lock',
  34: 'xen',
  37: 'notify',
  39: 'memory_fault',
  0xffffffff: 'error',
};

/** Every name that is not of the class `other`. On VMX a device's memory is a misconfigured EPT entry by design. */
const CLASSES: Readonly<Record<Exclude<ExitClass, 'other'>, readonly string[]>> = {
  io: ['IO_INSTRUCTION', 'io'],
  mmio: [
    'EPT_MISCONFIG',
    'APIC_ACCESS',
    'APIC_WRITE',
    'avic_unaccelerated_access',
    'mmio',
    'vmgexit_mmio_read',
    'vmgexit_mmio_write',
  ],
  halt: ['HLT', 'MWAIT_INSTRUCTION', 'hlt', 'idle_hlt', 'mwait', 'mwait_cond'],
  interrupt: [
    ...['EXTERNAL_INTERRUPT', 'INTERRUPT_WINDOW', 'NMI_WINDOW', 'PREEMPTION_TIMER', 'TPR_BELOW_THRESHOLD'],
    ...['EOI_INDUCED', 'interrupt', 'nmi', 'smi', 'vintr', 'avic_incomplete_ipi', 'irq_window_open', 'intr'],
    ...['ioapic_eoi'],
  ],
  cpuid: ['CPUID', 'cpuid'],
  msr: ['MSR_READ', 'MSR_WRITE', 'msr', 'rdmsr', 'wrmsr'],
  page_fault: ['EPT_VIOLATION', 'PML_FULL', 'npf', 'memory_fault'],
  hypercall: ['VMCALL', 'TDCALL', 'hypercall', 'vmgexit', 'hyperv', 'xen'],
  pause: ['PAUSE_INSTRUCTION', 'pause'],
};

const NAMES: Readonly<Record<number, Names>> = {
  [code_space.SPACE_VMX]: VMX,
  [code_space.SPACE_SVM]: SVM,
  [code_space.SPACE_USERSPACE]: USERSPACE,
};

const classOf = new Map(
  Object.entries(CLASSES).flatMap(([exitClass, names]) =>
    names.map((name): [string, ExitClass] => [name, exitClass as ExitClass]),
  ),
);

/** An unknown code keeps its number; one from an unknown instruction set also names that. */
export function reasonOf(space: number, code: number): Reason {
  const names = NAMES[space];
  const reason = names?.[code] ?? (names ? '' : `isa_${space}_`) + `0x${code.toString(16)}`;
  return { reason, class: classOf.get(reason) ?? 'other' };
}

/** The exceptions of the architecture by vector; the others are reserved. */
function exceptions(first: number): Names {
  const names = 'DE DB - BP OF BR UD NM DF - TS NP SS GP PF - MF AC MC XF'.split(' ');
  const known = names.map((name, vector) => [first + vector, `${name} excp`] as const);
  return Object.fromEntries(known.filter(([, name]) => !name.startsWith('-')));
}

function numbered(first: number, name: string, count: number, suffix = ''): Names {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [first + i, `${name}${i}${suffix}`]));
}
