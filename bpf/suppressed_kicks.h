/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What suppressed_kicks.bpf.c writes and the exporter reads. Its layout reaches TypeScript through BTF. */
#ifndef TRAPLINE_SUPPRESSED_KICKS_H
#define TRAPLINE_SUPPRESSED_KICKS_H

#include "rows.h"

/* virtio_net knows no more queues. */
#define MAX_QUEUES 512
#define MAX_VIRTIO_DEVICES 64

/* One queue number, of all devices: so no two queues of a device share a cache line. */
struct suppressed_kicks_row {
	__u64 of_device[MAX_VIRTIO_DEVICES];
};

#endif
