/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What bridge_drops.bpf.c and the exporter tell each other. Its layout reaches TypeScript through BTF. */
#ifndef TRAPLINE_BRIDGE_DROPS_H
#define TRAPLINE_BRIDGE_DROPS_H

#include "code_ranges.h"

#define BRIDGE_DROP_ROWS 4096

/* A row lies in one of so many places from the hash of its key on. */
#define BRIDGE_DROP_PROBES 16

/* Of the kernel's reasons: others, those of subsystems (upper 16 bits) and of kernels that give none are 0. */
#define NAMED_REASONS 2048

/*
 * Packets, to a multicast address or not, that one function dropped for one reason at one device. `place` is DROP_PLACE(); 0 in a row that is free. The exporter
 * frees the rows of devices that are gone.
 */
struct bridge_drop_row {
	__u64 place;
	__u64 packets;
	/* The inode number of the network namespace in which the ifindex counts. */
	__u32 netns;
	__u32 unused;
};

/* Functions are 1 to 511: all together are 53 bits, which JavaScript's numbers hold. */
#define DROP_PLACE(function, multicast, reason, ifindex)                                                           \
	(((__u64)(function) << 44) | ((__u64)(multicast) << 43) | ((__u64)(reason) << 32) | (ifindex))

/* Drops that found no row. */
struct bridge_drops_lost {
	__u64 table_full;
};

#endif
