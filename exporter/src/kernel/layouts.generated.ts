// Written by `npm run bpf` from the BTF of bpf/prebuilt/. Do not edit.

// capture.bpf.o

export const capture_method = { METHOD_PLAIN: 0, METHOD_V1: 1, METHOD_V2: 2, METHOD_V3: 3, METHOD_XDP: 4 } as const;

export const capture_socket = {
  size: 96,
  rows: 1024,
  fields: {
    generation: { type: 'u32', offset: 0 },
    method: { type: 'u32', offset: 4 },
    cookie: { type: 'u64', offset: 8 },
    folded_delivered: { type: 'u64', offset: 16 },
    folded_drops: { type: 'u64', offset: 24 },
    folded_freezes: { type: 'u64', offset: 32 },
    delivered: { type: 'u32', offset: 40 },
    drops: { type: 'u32', offset: 44 },
    freezes: { type: 'u32', offset: 48 },
    ifindex: { type: 'u32', offset: 52 },
    ring_bytes: { type: 'u64', offset: 56 },
    process: { type: 'chars', offset: 64, length: 16 },
    device: { type: 'chars', offset: 80, length: 16 },
  },
} as const;

export const capture_closed_ring = {
  size: 4104,
  rows: 1,
  fields: {
    head: { type: 'u32', offset: 0 },
    tail: { type: 'u32', offset: 4 },
    row: { type: 'u32', offset: 8, length: 1024 },
  },
} as const;

export const capture_lost = {
  size: 16,
  rows: 1,
  fields: {
    closed_table_full: { type: 'u64', offset: 0 },
    socket_storage: { type: 'u64', offset: 8 },
  },
} as const;

// virtio.bpf.o

export const virtio_row = {
  size: 64,
  rows: 4096,
  fields: {
    generation: { type: 'u32', offset: 0 },
    tgid: { type: 'u32', offset: 4 },
    tgid_start_ns: { type: 'u64', offset: 8 },
    ended: { type: 'u32', offset: 16 },
    unused: { type: 'u32', offset: 20 },
    kicks_ioeventfd: { type: 'u64', offset: 24 },
    kicks_vmm: { type: 'u64', offset: 32 },
    injections_fast: { type: 'u64', offset: 40 },
    injections_deferred: { type: 'u64', offset: 48 },
    injections_vmm: { type: 'u64', offset: 56 },
  },
} as const;

export const virtio_vm_ring = {
  size: 16392,
  rows: 1,
  fields: {
    head: { type: 'u32', offset: 0 },
    tail: { type: 'u32', offset: 4 },
    row: { type: 'u32', offset: 8, length: 4096 },
  },
} as const;

export const virtio_lost_row = {
  size: 16,
  rows: 1,
  fields: {
    vm_table_full: { type: 'u64', offset: 0 },
    owner_unknown: { type: 'u64', offset: 8 },
  },
} as const;

// vm_exit.bpf.o

export const vcpu_state = { STATE_UNKNOWN: 0, STATE_GUEST: 1, STATE_KERNEL: 2, STATE_VMM: 3 } as const;

export const code_space = { SPACE_VMX: 1, SPACE_SVM: 2, SPACE_USERSPACE: 255 } as const;

export const vcpu_row = {
  size: 320,
  rows: 4096,
  fields: {
    generation: { type: 'u32', offset: 0 },
    tgid: { type: 'u32', offset: 4 },
    tid: { type: 'u32', offset: 8 },
    first_reason: { type: 'u32', offset: 12 },
    tgid_start_ns: { type: 'u64', offset: 16 },
    tid_start_ns: { type: 'u64', offset: 24 },
    state: { type: 'u32', offset: 32 },
    reason: { type: 'u32', offset: 36 },
    since_ns: { type: 'u64', offset: 40 },
    guest_ns: { type: 'u64', offset: 48 },
    emulated_instructions: { type: 'u64', offset: 56 },
    bus_lock: { type: 'u64', offset: 64 },
    enclave: { type: 'u64', offset: 72 },
    failed_entry: { type: 'u64', offset: 80 },
    duration_ns: { type: 'u64', offset: 88 },
    durations: { type: 'u64', offset: 96, length: 23 },
  },
} as const;

export const reason_row = {
  size: 64,
  rows: 65536,
  fields: {
    space: { type: 'u32', offset: 0 },
    code: { type: 'u32', offset: 4 },
    next: { type: 'u32', offset: 8 },
    count: { type: 'u64', offset: 16 },
    kernel_ns: { type: 'u64', offset: 24 },
    vmm_ns: { type: 'u64', offset: 32 },
    runqueue_ns: { type: 'u64', offset: 40 },
    blocked_ns: { type: 'u64', offset: 48 },
  },
} as const;

export const vcpu_ring = {
  size: 16392,
  rows: 1,
  fields: {
    head: { type: 'u32', offset: 0 },
    tail: { type: 'u32', offset: 4 },
    row: { type: 'u32', offset: 8, length: 4096 },
  },
} as const;

export const reason_ring = {
  size: 262152,
  rows: 1,
  fields: {
    head: { type: 'u32', offset: 0 },
    tail: { type: 'u32', offset: 4 },
    row: { type: 'u32', offset: 8, length: 65536 },
  },
} as const;

export const lost_row = {
  size: 64,
  rows: 256,
  fields: {
    vcpu_table_full: { type: 'u64', offset: 0 },
    reason_table_full: { type: 'u64', offset: 8 },
    task_storage: { type: 'u64', offset: 16 },
  },
} as const;

// vm_files.bpf.o

export const vm_file_kind = { FILE_KVM_VM: 1, FILE_TAP: 2, FILE_VHOST_NET: 3 } as const;

export const vm_file = {
  size: 24,
  rows: 0,
  fields: {
    tgid: { type: 'u32', offset: 0 },
    kind: { type: 'u32', offset: 4 },
    device: { type: 'chars', offset: 8, length: 16 },
  },
} as const;
