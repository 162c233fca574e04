/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What the monitors of the experiment at XDP have in common. `trapline experiment` loads them, the exporter does not. */
#ifndef TRAPLINE_XDP_MONITOR_H
#define TRAPLINE_XDP_MONITOR_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

struct traffic {
	__u64 frames;
	__u64 bytes;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct traffic);
} counts SEC(".maps");

static void add(struct traffic *to, struct xdp_md *frame)
{
	to->frames++;
	to->bytes += frame->data_end - frame->data;
}

/* XDP runs with softirqs off: nobody else writes the row of this CPU. */
static void count_frame(struct xdp_md *frame)
{
	__u32 zero = 0;
	struct traffic *row = bpf_map_lookup_elem(&counts, &zero);

	if (row)
		add(row, frame);
}

#endif
