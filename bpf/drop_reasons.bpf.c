// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Why packets are dropped. This runs once for every packet the kernel drops: one array row per CPU and reason, no clock
 * and no look at the packet. The numbers of the reasons differ between kernels; the exporter knows their names.
 */
#include "drop_reasons.h"

DEFINE_ROWS(drop_reasons, struct drop_reason_row, DROP_REASONS);

/* include/net/dropreason-core.h: only the names, whose values CO-RE takes from the running kernel. */
enum skb_drop_reason {
	SKB_CONSUMED = 1,
	SKB_DROP_REASON_OTHERHOST = 2,
};

#define is_reason(reason, name)                                                                                    \
	(bpf_core_enum_value_exists(enum skb_drop_reason, name) &&                                                 \
	 (reason) == bpf_core_enum_value(enum skb_drop_reason, name))

/*
 * A sniffer makes the kernel drop a copy of each packet that was meant for another host: that is no loss. The reason is
 * an argument since c504e5c2f964 (5.17); older kernels refuse this program.
 */
SEC("tp_btf/kfree_skb")
int BPF_PROG(kfree_skb, void *skb, void *location, __u32 reason)
{
	if (is_reason(reason, SKB_DROP_REASON_OTHERHOST) || is_reason(reason, SKB_CONSUMED))
		return 0;
	__u32 index = bpf_get_smp_processor_id() * DROP_REASONS + (reason < DROP_REASONS ? reason : 0);
	struct drop_reason_row *row = bpf_map_lookup_elem(&drop_reasons, &index);

	/* Atomic, since an interrupt may drop a packet in the middle of the addition. */
	if (row)
		__sync_fetch_and_add(&row->packets, 1);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
