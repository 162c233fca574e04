// Written by `npm run bpf` from the BTF of bpf/prebuilt/. Do not edit.

// bridge_drops.bpf.o

export const drop_code_ranges_in_use = {
  size: 8,
  rows: 1,
  fields: {
    first: { type: 'u32', offset: 0 },
    count: { type: 'u32', offset: 4 },
  },
} as const;

export const drop_code_range = {
  size: 16,
  rows: 2048,
  fields: {
    start: { type: 'u64', offset: 0 },
    label: { type: 'u32', offset: 8 },
    unused: { type: 'u32', offset: 12 },
  },
} as const;

export const bridge_drop_row = {
  size: 24,
  rows: 4096,
  fields: {
    place: { type: 'u64', offset: 0 },
    packets: { type: 'u64', offset: 8 },
    netns: { type: 'u32', offset: 16 },
    unused: { type: 'u32', offset: 20 },
  },
} as const;

export const bridge_drops_lost = {
  size: 8,
  rows: 1,
  fields: {
    table_full: { type: 'u64', offset: 0 },
  },
} as const;

// capture.bpf.o

export const capture_method = { METHOD_PLAIN: 0, METHOD_V1: 1, METHOD_V2: 2, METHOD_V3: 3, METHOD_XDP: 4 } as const;

export const capture_socket = {
  size: 112,
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
    start_ns: { type: 'u64', offset: 64 },
    tgid: { type: 'u32', offset: 72 },
    fanout: { type: 'u32', offset: 76 },
    process: { type: 'chars', offset: 80, length: 16 },
    device: { type: 'chars', offset: 96, length: 16 },
  },
} as const;

export const capture_closed_ring = {
  size: 4108,
  rows: 1,
  fields: {
    fresh: { type: 'u32', offset: 0 },
    head: { type: 'u32', offset: 4 },
    tail: { type: 'u32', offset: 8 },
    row: { type: 'u32', offset: 12, length: 1024 },
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

// cpu_activity.bpf.o

export const cpu_activity = { ACTIVITY_UNLISTED: 0, ACTIVITY_GUEST: 1, ACTIVITY_EXIT_HANDLING: 2, ACTIVITY_INTERRUPT: 3, ACTIVITY_POLLING: 4, ACTIVITY_COPY: 5, ACTIVITY_BRIDGING: 6, ACTIVITY_CAPTURE: 7, ACTIVITY_VMM: 8, ACTIVITY_OTHER: 9, ACTIVITY_IDLE: 10 } as const;

export const cpu_code_ranges_in_use = {
  size: 8,
  rows: 1,
  fields: {
    first: { type: 'u32', offset: 0 },
    count: { type: 'u32', offset: 4 },
  },
} as const;

export const cpu_code_range = {
  size: 16,
  rows: 16384,
  fields: {
    start: { type: 'u64', offset: 0 },
    label: { type: 'u32', offset: 8 },
    unused: { type: 'u32', offset: 12 },
  },
} as const;

export const cpu_activity_row = {
  size: 192,
  rows: 1,
  fields: {
    sampled_ns: { type: 'u64', offset: 0 },
    idle_ns: { type: 'u64', offset: 8 },
    spent_ns: { type: 'u64', offset: 16, length: 16 },
  },
} as const;

export const idle_clock = {
  size: 24,
  rows: 1,
  fields: {
    tick_cpu_sched: { type: 'u64', offset: 0 },
    kernel_cpustat: { type: 'u64', offset: 8 },
    per_cpu_offset: { type: 'u64', offset: 16 },
  },
} as const;

export const cpu_activity_process = {
  size: 64,
  rows: 2048,
  fields: {
    kind: { type: 'u32', offset: 0 },
    tgid: { type: 'u32', offset: 4 },
    start_ticks: { type: 'u64', offset: 8 },
    guest_ns: { type: 'u64', offset: 16 },
    exit_handling_ns: { type: 'u64', offset: 24 },
    vmm_ns: { type: 'u64', offset: 32 },
  },
} as const;

export const capture_process = {
  size: 16,
  rows: 0,
  fields: {
    tgid: { type: 'u32', offset: 0 },
    unused: { type: 'u32', offset: 4 },
    start_ns: { type: 'u64', offset: 8 },
  },
} as const;

// drop_reasons.bpf.o

export const drop_reason_row = {
  size: 8,
  rows: 256,
  fields: {
    packets: { type: 'u64', offset: 0 },
  },
} as const;

// napi.bpf.o

export const napi_place = { PLACE_OTHER: 0, PLACE_BACKLOG: 1, PLACE_FIRST_DEVICE: 2 } as const;

export const napi_device = {
  size: 16,
  rows: 1024,
  fields: {
    ifindex: { type: 'u32', offset: 0 },
    netns: { type: 'u32', offset: 4 },
    place: { type: 'u32', offset: 8 },
    unused: { type: 'u32', offset: 12 },
  },
} as const;

export const napi_row = {
  size: 128,
  rows: 64,
  fields: {
    packets: { type: 'u64', offset: 0 },
    exhausted: { type: 'u64', offset: 8 },
    polls: { type: 'u64', offset: 16, length: 9 },
  },
} as const;

// nic_interrupt.bpf.o

export const interrupt_line = {
  size: 8,
  rows: 16384,
  fields: {
    row: { type: 'u32', offset: 0 },
    first_sharing: { type: 'u32', offset: 4 },
  },
} as const;

export const shared_handler = {
  size: 40,
  rows: 64,
  fields: {
    row: { type: 'u32', offset: 0 },
    next: { type: 'u32', offset: 4 },
    name: { type: 'u32', offset: 8, length: 8 },
  },
} as const;

export const nic_interrupt_row = {
  size: 64,
  rows: 4096,
  fields: {
    entered_ns: { type: 'u64', offset: 0 },
    count: { type: 'u64', offset: 8 },
    ns: { type: 'u64', offset: 16 },
  },
} as const;

// softirq.bpf.o

export const softirq_row = {
  size: 256,
  rows: 2,
  fields: {
    raised_ns: { type: 'u64', offset: 0 },
    last_raise_ns: { type: 'u64', offset: 8 },
    entered_ns: { type: 'u64', offset: 16 },
    ns: { type: 'u64', offset: 24 },
    latency_ns: { type: 'u64', offset: 32 },
    latencies: { type: 'u64', offset: 40, length: 23 },
  },
} as const;

// suppressed_kicks.bpf.o

export const suppressed_kicks_row = {
  size: 512,
  rows: 512,
  fields: {
    of_device: { type: 'u64', offset: 0, length: 64 },
  },
} as const;

// taps.bpf.o

export const tap_kind = { KIND_TAP: 1, KIND_MACVTAP: 2 } as const;

export const tap_file = {
  size: 112,
  rows: 0,
  fields: {
    tgid: { type: 'u32', offset: 0 },
    kind: { type: 'u32', offset: 4 },
    start_ns: { type: 'u64', offset: 8 },
    netns: { type: 'u32', offset: 16 },
    ifindex: { type: 'u32', offset: 20 },
    queue: { type: 'u32', offset: 24 },
    waiting: { type: 'u32', offset: 28 },
    room: { type: 'u32', offset: 32 },
    counted: { type: 'u32', offset: 36 },
    rx_packets: { type: 'u64', offset: 40 },
    rx_bytes: { type: 'u64', offset: 48 },
    rx_errors: { type: 'u64', offset: 56 },
    rx_dropped: { type: 'u64', offset: 64 },
    tx_packets: { type: 'u64', offset: 72 },
    tx_bytes: { type: 'u64', offset: 80 },
    tx_dropped: { type: 'u64', offset: 88 },
    device: { type: 'chars', offset: 96, length: 16 },
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
  size: 16396,
  rows: 1,
  fields: {
    fresh: { type: 'u32', offset: 0 },
    head: { type: 'u32', offset: 4 },
    tail: { type: 'u32', offset: 8 },
    row: { type: 'u32', offset: 12, length: 4096 },
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
  rows: 8192,
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

export const command_row = {
  size: 512,
  rows: 8192,
  fields: {
    length: { type: 'u32', offset: 0 },
    text: { type: 'chars', offset: 4, length: 508 },
  },
} as const;

export const reason_row = {
  size: 64,
  rows: 131072,
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
  size: 32780,
  rows: 1,
  fields: {
    fresh: { type: 'u32', offset: 0 },
    head: { type: 'u32', offset: 4 },
    tail: { type: 'u32', offset: 8 },
    row: { type: 'u32', offset: 12, length: 8192 },
  },
} as const;

export const reason_ring = {
  size: 524300,
  rows: 1,
  fields: {
    fresh: { type: 'u32', offset: 0 },
    head: { type: 'u32', offset: 4 },
    tail: { type: 'u32', offset: 8 },
    row: { type: 'u32', offset: 12, length: 131072 },
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

export const vm_file_kind = { FILE_KVM_VM: 1, FILE_VHOST_NET: 2, FILE_VFIO: 3 } as const;

export const vm_file = {
  size: 32,
  rows: 0,
  fields: {
    tgid: { type: 'u32', offset: 0 },
    kind: { type: 'u32', offset: 4 },
    start_ns: { type: 'u64', offset: 8 },
    device: { type: 'chars', offset: 16, length: 16 },
  },
} as const;
