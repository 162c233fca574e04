// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* What Trapline does not do: a program that runs for each packet and adds to a per-CPU hash, as tools that count packets by eBPF do. */
#include "../../bpf/kernel.h"

struct key {
	__u32 ifindex;
	__u32 cpu;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 1024);
	__type(key, struct key);
	__type(value, __u64);
} packets SEC(".maps");

static int count(__u32 ifindex)
{
	struct key key = { .ifindex = ifindex, .cpu = bpf_get_smp_processor_id() };
	__u64 one = 1;
	__u64 *sum = bpf_map_lookup_elem(&packets, &key);

	if (sum)
		++*sum;
	else
		bpf_map_update_elem(&packets, &key, &one, BPF_NOEXIST);
	return 0;
}

struct sk_buff___with_device {
	struct net_device___in_namespace *dev;
} __attribute__((preserve_access_index));

/* Once for each packet that a ring may get. */
SEC("fentry/tpacket_rcv")
int BPF_PROG(count_function, void *packet, struct net_device___in_namespace *device)
{
	return count(device->ifindex);
}

/* Where functions cannot be traced: once for each device that a packet is received from. */
SEC("tp_btf/netif_receive_skb")
int BPF_PROG(count_tracepoint, struct sk_buff___with_device *packet)
{
	return count(BPF_CORE_READ(packet, dev, ifindex));
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
