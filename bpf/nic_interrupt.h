/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What nic_interrupt.bpf.c and the exporter tell each other. Its layout reaches TypeScript through BTF. */
#ifndef TRAPLINE_NIC_INTERRUPT_H
#define TRAPLINE_NIC_INTERRUPT_H

#include "rows.h"

/* Numbers are given from the lowest on. Row 0 is not used. */
#define MAX_INTERRUPTS 16384
#define MAX_NIC_INTERRUPTS 4096
#define MAX_SHARED_HANDLERS 64

/* What an interrupt number means, written by the exporter; all 0 is a number that is no NIC's. */
struct interrupt_line {
	__u32 row;
	/* In place of a row, where other devices use the line too: the first of the NICs' handlers on it. */
	__u32 first_sharing;
};

/* A NIC's handler on a line that it shares, by the name under which its driver asked for the line. Place 0 is not used. */
#define HANDLER_NAME_WORDS 8

struct shared_handler {
	__u32 row;
	/* Another NIC's handler on the same line, or 0. */
	__u32 next;
	__u32 name[HANDLER_NAME_WORDS];
};

/* One handler of a NIC. The kernel never runs the handlers of one line on two CPUs at once. */
struct nic_interrupt_row {
	__u64 entered_ns;
	__u64 count;
	__u64 ns;
} CACHE_LINES;

#endif
