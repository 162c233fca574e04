// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* A monitor in the kernel that only counts: every frame at XDP, which then goes its way. */
#include "xdp_monitor.h"

SEC("xdp")
int count_frames(struct xdp_md *ctx)
{
	count_frame(ctx);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
