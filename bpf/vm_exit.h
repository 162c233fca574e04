/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What vm_exit.bpf.c writes and the exporter reads. Its layout reaches TypeScript through BTF. */
#ifndef TRAPLINE_VM_EXIT_H
#define TRAPLINE_VM_EXIT_H

#include "histogram.h"
#include "rows.h"

/* A thousand VMs of eight vCPUs, each thread of which meets sixteen reasons. Powers of two, for the free rings. */
#define MAX_VCPUS 8192
#define MAX_REASONS 131072

/* Where the time of a vCPU thread goes. Guest time has no reason; the other states belong to the exit under way. */
enum vcpu_state {
	STATE_UNKNOWN,
	STATE_GUEST,
	STATE_KERNEL,
	STATE_VMM,
};

/* Whose numbering a code follows: the `isa` of kvm_exit, or KVM_EXIT_* of the user-space ABI. */
enum code_space {
	SPACE_VMX = 1,
	SPACE_SVM = 2,
	SPACE_USERSPACE = 255,
};

/* In SPACE_USERSPACE: the run failed. No reason of the ABI has this number. */
#define USERSPACE_ERROR 0xffffffff

/* One vCPU thread. `generation` is 0 while the row is being filled and never the same twice. */
struct vcpu_row {
	__u32 generation;
	__u32 tgid;
	__u32 tid;
	__u32 first_reason;
	__u64 tgid_start_ns;
	__u64 tid_start_ns;
	enum vcpu_state state;
	__u32 reason;
	__u64 since_ns;
	__u64 guest_ns;
	__u64 emulated_instructions;
	/* Flag bits beside a VMX reason (Intel SDM vol. 3, 24.9.1). */
	__u64 bus_lock;
	__u64 enclave;
	__u64 failed_entry;
	__u64 duration_ns;
	__u64 durations[DURATION_BUCKETS];
} CACHE_LINES;

/*
 * The start of the command line of a vCPU's process, as /proc/<pid>/cmdline has it: it names a VM that ended before the
 * exporter could look. At the place of the thread's row.
 */
struct command_row {
	__u32 length;
	char text[508];
};

/* One reason that one vCPU thread has met; the rows of a thread are a list. */
struct reason_row {
	enum code_space space;
	__u32 code;
	__u32 next;
	__u64 count;
	__u64 kernel_ns;
	__u64 vmm_ns;
	__u64 runqueue_ns;
	__u64 blocked_ns;
} CACHE_LINES;

/* What could not be counted, and why; a row per CPU. */
#define LOST_ROWS 256

struct lost_row {
	__u64 vcpu_table_full;
	__u64 reason_table_full;
	__u64 task_storage;
} CACHE_LINES;

#endif
