/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Rows: fixed arrays that the exporter maps and reads without a system call. The exporter owns the list of free
 * rows (it alone knows that a thread is dead and its last values were read) and hands them over through a ring;
 * a program only takes from it. A row is written by one thread, so nothing here needs an atomic but the taking.
 */
#ifndef TRAPLINE_ROWS_H
#define TRAPLINE_ROWS_H

#include "kernel.h"

#define NO_ROW 0xffffffff

/* For the end of a row: no two writers share a line. */
#define CACHE_LINES __attribute__((aligned(64)))

/*
 * The rows in row[head..tail) were given back by the exporter, which moves tail; the programs move head. Rows from `fresh`
 * on were never taken: a new table is ready before the exporter has looked at it.
 */
#define DEFINE_FREE_RING(ring, name, capacity)                                                                     \
	struct ring {                                                                                              \
		__u32 fresh;                                                                                       \
		__u32 head;                                                                                        \
		__u32 tail;                                                                                        \
		__u32 row[capacity];                                                                               \
	};                                                                                                         \
	struct {                                                                                                   \
		__uint(type, BPF_MAP_TYPE_ARRAY);                                                                  \
		__uint(map_flags, BPF_F_MMAPABLE);                                                                 \
		__uint(max_entries, 1);                                                                            \
		__type(key, __u32);                                                                                \
		__type(value, struct ring);                                                                        \
	} name SEC(".maps");                                                                                       \
	static __u32 take_##name(void)                                                                             \
	{                                                                                                          \
		__u32 zero = 0;                                                                                    \
		struct ring *free = bpf_map_lookup_elem(&name, &zero);                                             \
		if (!free)                                                                                         \
			return NO_ROW;                                                                             \
		for (int attempt = 0; attempt < 16; attempt++) {                                                   \
			__u32 head = *(volatile __u32 *)&free->head;                                               \
			if (head == *(volatile __u32 *)&free->tail)                                                \
				break;                                                                             \
			__u32 row = *(volatile __u32 *)&free->row[head & ((capacity) - 1)];                        \
			if (__sync_val_compare_and_swap(&free->head, head, head + 1) == head)                      \
				return row;                                                                        \
		}                                                                                                  \
		if (*(volatile __u32 *)&free->fresh >= (capacity))                                                 \
			return NO_ROW;                                                                             \
		__u32 fresh = __sync_fetch_and_add(&free->fresh, 1);                                               \
		return fresh < (capacity) ? fresh : NO_ROW;                                                        \
	}

#define DEFINE_ROWS(name, type_, capacity)                                                                         \
	struct {                                                                                                   \
		__uint(type, BPF_MAP_TYPE_ARRAY);                                                                  \
		__uint(map_flags, BPF_F_MMAPABLE);                                                                 \
		__uint(max_entries, capacity);                                                                     \
		__type(key, __u32);                                                                                \
		__type(value, type_);                                                                              \
	} name SEC(".maps")

#endif
