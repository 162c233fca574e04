/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What virtio.bpf.c writes and the exporter reads. Its layout reaches TypeScript through BTF. */
#ifndef TRAPLINE_VIRTIO_H
#define TRAPLINE_VIRTIO_H

#include <linux/types.h>

/* A power of two, for the free ring. */
#define MAX_VMS 4096

/*
 * One VM, as long as the kernel has it; one cache line. `generation` is 0 while the row is being filled and never the
 * same twice. `ended` is set when no event can come any more.
 */
struct virtio_row {
	__u32 generation;
	__u32 tgid;
	__u64 tgid_start_ns;
	__u32 ended;
	__u32 unused;
	__u64 kicks_ioeventfd;
	__u64 kicks_vmm;
	__u64 injections_fast;
	__u64 injections_deferred;
	__u64 injections_vmm;
} __attribute__((aligned(64)));

/* Events that were not counted, and why; one row. */
struct virtio_lost_row {
	__u64 vm_table_full;
	__u64 owner_unknown;
};

#endif
