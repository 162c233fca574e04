/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Buckets at powers of two, rounded up: what is a bucket's bound lies in it, what is longer does not. */
#ifndef TRAPLINE_HISTOGRAM_H
#define TRAPLINE_HISTOGRAM_H

#include "kernel.h"

/* Upper bounds 2^-21 s ... 2^0 s, then what is longer. */
#define DURATION_BUCKETS 23

static __u32 log2_up(__u64 value)
{
	__u32 log = 0;

	if (value <= 1)
		return 0;
	value--;
	for (int shift = 32; shift; shift >>= 1) {
		if (value >> shift) {
			value >>= shift;
			log += shift;
		}
	}
	return log + 1;
}

/* 1125900 / 2^20 turns ns into 2^-30 s, rounded up, so that nothing longer than a bucket's bound is counted in it. */
static __u32 duration_bucket(__u64 ns)
{
	__u64 capped = ns < 1ULL << 40 ? ns : 1ULL << 40;
	__u32 log = log2_up((capped * 1125900 + (1 << 20) - 1) >> 20);
	__u32 bucket = log < 9 ? 0 : log - 9;

	return bucket < DURATION_BUCKETS ? bucket : DURATION_BUCKETS - 1;
}

#endif
