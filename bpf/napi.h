/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What napi.bpf.c and the exporter tell each other. Its layout reaches TypeScript through BTF. */
#ifndef TRAPLINE_NAPI_H
#define TRAPLINE_NAPI_H

#include "histogram.h"
#include "rows.h"

/* Rows of one CPU. */
#define NAPI_DEVICES 64

/* Places of a row that are not a device's. */
enum napi_place {
	/* Devices of other network namespaces, and those that the exporter has no row for. */
	PLACE_OTHER,
	/* A CPU's own backlog: loopback, packets steered from other CPUs, devices without NAPI. */
	PLACE_BACKLOG,
	PLACE_FIRST_DEVICE,
};

/* Which device has which row, written by the exporter at `ifindex` modulo the table's size. */
#define NAPI_KNOWN_DEVICES 1024

struct napi_device {
	__u32 ifindex;
	/* The inode number of the network namespace in which `ifindex` counts. */
	__u32 netns;
	enum napi_place place;
	__u32 unused;
};

/* Upper bounds 0, 1, 2, 4 ... 64 packets, then more. */
#define POLL_BUCKETS 9

/* One device on one CPU. A CPU finishes a poll before it begins another, so that it alone writes the row. */
struct napi_row {
	__u64 packets;
	__u64 exhausted;
	__u64 polls[POLL_BUCKETS];
} CACHE_LINES;

#endif
