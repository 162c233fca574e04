/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What cpu_activity.bpf.c reads and writes together with the loader and the exporter. */
#ifndef TRAPLINE_CPU_ACTIVITY_H
#define TRAPLINE_CPU_ACTIVITY_H

#include "code_ranges.h"

/* What a CPU is at; 0 is code that belongs to nothing in particular. */
enum cpu_activity {
	ACTIVITY_UNLISTED,
	ACTIVITY_GUEST,
	ACTIVITY_EXIT_HANDLING,
	ACTIVITY_INTERRUPT,
	ACTIVITY_POLLING,
	ACTIVITY_COPY,
	ACTIVITY_BRIDGING,
	ACTIVITY_CAPTURE,
	ACTIVITY_VMM,
	ACTIVITY_OTHER,
	ACTIVITY_IDLE,
};

/* A power of two: verifiers before 6.8 lose a bound that is compared, and keep one that is masked. */
#define ACTIVITY_SLOTS 16

/*
 * One CPU; written by its samples only, but for the loader, which sets `sampled_ns` to 0 while the CPU is offline. What is booked on a VM's row is not booked here.
 */
struct cpu_activity_row {
	__u64 sampled_ns;
	/* What the kernel had counted as idle then. */
	__u64 idle_ns;
	__u64 spent_ns[ACTIVITY_SLOTS];
} CACHE_LINES;

/* Where the kernel counts how long each CPU was idle; written by the loader, 0 where /proc/kallsyms does not tell. */
struct idle_clock {
	/* The addresses of per-CPU variables, to which the offset of a CPU is added. */
	__u64 tick_cpu_sched;
	__u64 kernel_cpustat;
	/* The array of these offsets. */
	__u64 per_cpu_offset;
};

/*
 * The processes whose user code is known, in one of the rows from that of their pid on. The exporter enters and removes
 * them; `kind` is 0 in a row that is free. Every CPU adds to the times, so they are atomic.
 */
#define MAX_PROCESSES 2048
#define PROCESS_PROBES 8

struct cpu_activity_process {
	enum cpu_activity kind;
	__u32 tgid;
	__u64 start_ticks;
	__u64 guest_ns;
	__u64 exit_handling_ns;
	__u64 vmm_ns;
} CACHE_LINES;

/* A record of the iterator: a process that holds a capture socket. */
struct capture_process {
	__u32 tgid;
	__u32 unused;
	__u64 start_ns;
};

#endif
