/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* One queue of a tap, macvtap or ipvtap that a process holds open. */
#ifndef TRAPLINE_TAPS_H
#define TRAPLINE_TAPS_H

#include <linux/types.h>

enum tap_kind {
	KIND_TAP = 1,
	/* Or ipvtap: counts what goes to the guest as received. */
	KIND_MACVTAP = 2,
};

struct tap_file {
	__u32 tgid;
	enum tap_kind kind;
	/* Of the process, since boot: tells it from another one under its id. */
	__u64 start_ns;
	/* The device: the inode number of its network namespace, and its index there. Index 0: this kernel does not show it. */
	__u32 netns;
	__u32 ifindex;
	/* Which of the device's queues, and the packets that wait in it of those that fit. */
	__u32 queue;
	__u32 waiting;
	__u32 room;
	/*
	 * Whether the counters were read, once for each device, with its queue 0. They are those of the kernel's
	 * ndo_get_stats64, but rx_dropped is without the rx_errors that a macvtap adds to it.
	 */
	__u32 counted;
	__u64 rx_packets;
	__u64 rx_bytes;
	__u64 rx_errors;
	__u64 rx_dropped;
	__u64 tx_packets;
	__u64 tx_bytes;
	__u64 tx_dropped;
	/* The name of the device; hostile text, ended by a NUL. */
	char device[16];
};

#endif
