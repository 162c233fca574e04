/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What softirq.bpf.c writes and the exporter reads. Its layout reaches TypeScript through BTF. */
#ifndef TRAPLINE_SOFTIRQ_H
#define TRAPLINE_SOFTIRQ_H

#include "histogram.h"
#include "rows.h"

/* include/linux/interrupt.h: NET_TX_SOFTIRQ and NET_RX_SOFTIRQ follow each other. */
#define FIRST_VECTOR 2
#define VECTORS 2

/* One vector on one CPU, written by that CPU alone. */
struct softirq_row {
	/* The first raise since it last ran, 0 if there was none; and the last raise of all. */
	__u64 raised_ns;
	__u64 last_raise_ns;
	__u64 entered_ns;
	__u64 ns;
	__u64 latency_ns;
	__u64 latencies[DURATION_BUCKETS];
} CACHE_LINES;

#endif
