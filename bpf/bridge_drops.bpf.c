// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What bridges drop. The kernel keeps no counter of it (net/bridge: kfree_skb() and no more), so each drop is looked at: where
 * in the code it was, why, and at which device. This runs for every packet the kernel drops anywhere, and for none that it
 * delivers; a drop outside of the functions in exporter/src/collectors/path/bridge_drops/functions.ts ends at the search for its place.
 */
#include "bridge_drops.h"

DEFINE_CODE_RANGES(drop_code, 1024, 11)

DEFINE_ROWS(bridge_drop_rows, struct bridge_drop_row, BRIDGE_DROP_ROWS);
DEFINE_ROWS(bridge_drops_lost, struct bridge_drops_lost, 1);

/* include/net/dropreason-core.h: only the names, whose values CO-RE takes from the running kernel. */
enum skb_drop_reason {
	SKB_CONSUMED = 1,
	SKB_DROP_REASON_NOT_SPECIFIED = 2,
	SKB_DROP_REASON_OTHERHOST = 3,
};

#define is_reason(reason, name)                                                                                    \
	(bpf_core_enum_value_exists(enum skb_drop_reason, name) &&                                                 \
	 (reason) == bpf_core_enum_value(enum skb_drop_reason, name))

/* include/uapi/linux/if_packet.h */
#define PACKET_MULTICAST 2

static struct bridge_drop_row *find_row(__u64 place, __u32 netns)
{
	__u32 hash = (place ^ (place >> 29) ^ netns) * 0x9e3779b1;

	for (__u32 probe = 0; probe < BRIDGE_DROP_PROBES; probe++) {
		__u32 index = (hash + probe) % BRIDGE_DROP_ROWS;
		struct bridge_drop_row *row = bpf_map_lookup_elem(&bridge_drop_rows, &index);

		if (!row)
			break;
		if (row->place == place && row->netns == netns)
			return row;
		/* Two CPUs may take a row each for the same place: the exporter adds them up. */
		if (!row->place && !__sync_val_compare_and_swap(&row->place, 0, place)) {
			row->netns = netns;
			return row;
		}
	}
	return 0;
}

static int on_drop(struct sk_buff *skb, __u64 location, __u32 reason)
{
	__u32 zero = 0;

	/*
	 * The location is where the call returns to, which may lie behind the last instruction of the function. Where a compiler
	 * made the call a jump, it is in the function's caller.
	 */
	__u32 function = label_of_drop_code(location - 1);

	if (!function)
		return 0;
	struct net_device___in_namespace *device = (void *)skb->dev;

	if (!device)
		return 0;
	bool multicast = BPF_CORE_READ_BITFIELD(skb, pkt_type) == PACKET_MULTICAST;
	__u64 place = DROP_PLACE(function, multicast, reason, (__u32)device->ifindex);
	struct bridge_drop_row *row = find_row(place, device->nd_net.net->ns.inum);

	if (row) {
		__sync_fetch_and_add(&row->packets, 1);
		return 0;
	}
	struct bridge_drops_lost *lost = bpf_map_lookup_elem(&bridge_drops_lost, &zero);

	if (lost)
		__sync_fetch_and_add(&lost->table_full, 1);
	return 0;
}

/*
 * The reason is an argument since c504e5c2f964 (5.17). A sniffer makes the kernel drop a copy of each packet that was meant for
 * another host: that is out at once.
 */
SEC("tp_btf/kfree_skb")
int BPF_PROG(bridge_drop, struct sk_buff *skb, __u64 location, __u32 reason)
{
	if (is_reason(reason, SKB_DROP_REASON_OTHERHOST) || is_reason(reason, SKB_CONSUMED))
		return 0;
	if (reason >= NAMED_REASONS || is_reason(reason, SKB_DROP_REASON_NOT_SPECIFIED))
		reason = 0;
	return on_drop(skb, location, reason);
}

SEC("tp_btf/kfree_skb")
int BPF_PROG(bridge_drop_without_reason, struct sk_buff *skb, __u64 location)
{
	return on_drop(skb, location, 0);
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
