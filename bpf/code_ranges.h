/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Kernel code by address: from `start` up to the next range it has one label, 0 where it is not listed. The loader makes the
 * ranges from /proc/kallsyms, in one half of the table while the programs read the other, and then names the new half.
 */
#ifndef TRAPLINE_CODE_RANGES_H
#define TRAPLINE_CODE_RANGES_H

#include "rows.h"

/*
 * `capacity` is a power of two and `steps` its log2 and one for the last comparison. The search is a function of its own for
 * the verifier too, which would else follow it anew for every caller.
 */
#define DEFINE_CODE_RANGES(name, capacity, steps)                                                                  \
	struct name##_range {                                                                                      \
		__u64 start;                                                                                       \
		__u32 label;                                                                                       \
		__u32 unused;                                                                                      \
	};                                                                                                         \
	struct name##_ranges_in_use {                                                                              \
		__u32 first;                                                                                       \
		__u32 count;                                                                                       \
	};                                                                                                         \
	DEFINE_ROWS(name##_ranges, struct name##_range, 2 * (capacity));                                           \
	DEFINE_ROWS(name##_ranges_in_use, struct name##_ranges_in_use, 1);                                         \
	__noinline int label_of_##name(__u64 ip)                                                                   \
	{                                                                                                          \
		__u32 zero = 0;                                                                                    \
		struct name##_ranges_in_use *in_use = bpf_map_lookup_elem(&name##_ranges_in_use, &zero);           \
		int label = 0;                                                                                     \
                                                                                                                   \
		if (!in_use)                                                                                       \
			return label;                                                                              \
		__u32 low = in_use->first;                                                                         \
		__u32 high = low + in_use->count;                                                                  \
                                                                                                                   \
		for (int step = 0; step < (steps) && low < high; step++) {                                         \
			__u32 middle = low + (high - low) / 2;                                                     \
			struct name##_range *range = bpf_map_lookup_elem(&name##_ranges, &middle);                 \
                                                                                                                   \
			if (!range)                                                                                \
				break;                                                                             \
			if (range->start <= ip) {                                                                  \
				label = range->label;                                                              \
				low = middle + 1;                                                                  \
			} else {                                                                                   \
				high = middle;                                                                     \
			}                                                                                          \
		}                                                                                                  \
		return label;                                                                                      \
	}

#endif
