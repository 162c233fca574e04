/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What capture.bpf.c writes and the exporter reads. Its layout reaches TypeScript through BTF. */
#ifndef TRAPLINE_CAPTURE_H
#define TRAPLINE_CAPTURE_H

#include <linux/types.h>

#define NAME_LENGTH 16

/* How packets reach the application. */
enum capture_method {
	METHOD_PLAIN,
	METHOD_V1,
	METHOD_V2,
	METHOD_V3,
	METHOD_XDP,
};

/* ifindex of a socket whose device was removed. */
#define NO_DEVICE 0xffffffff

/* Above every number of a fanout group, which has 16 bits. */
#define FANOUT 0x10000

/*
 * One capture socket: a record of the iterator, the storage of the socket, and its last row. What was ever counted is
 * folded + the field without that word: the application takes the latter away when it reads its statistics.
 */
struct capture_socket {
	/* Only in a row: 0 while it is being filled and never the same twice. */
	__u32 generation;
	enum capture_method method;
	__u64 cookie;
	__u64 folded_delivered;
	__u64 folded_drops;
	__u64 folded_freezes;
	__u32 delivered;
	__u32 drops;
	__u32 freezes;
	/* 0 is every device. */
	__u32 ifindex;
	__u64 ring_bytes;
	/* The process that holds it, and when that started (start_boottime): /proc tells which container it is in. */
	__u64 start_ns;
	__u32 tgid;
	/* Number of its fanout group, which may be 0, with FANOUT added; 0 is no group. */
	__u32 fanout;
	char process[NAME_LENGTH];
	char device[NAME_LENGTH];
};

/* Sockets that may close between two looks of the exporter; a power of two, for the free ring. */
#define MAX_CLOSED 1024

/* What could not be kept, and why. */
struct capture_lost {
	__u64 closed_table_full;
	__u64 socket_storage;
};

#endif
