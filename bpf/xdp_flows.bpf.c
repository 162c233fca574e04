// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * A flow monitor in the kernel: frames and bytes of every IPv4 flow, with its first and last moment. Where there are more
 * flows than room the kernel drops those that were seen longest ago; the count of all frames is kept apart and stays exact.
 */
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>

#include <bpf/bpf_endian.h>

#include "xdp_monitor.h"

#define MAX_FLOWS 65536

struct flow_key {
	__be32 source;
	__be32 destination;
	/* Both, source first; 0 where the protocol has none. */
	__be32 ports;
	__u32 protocol;
};

struct flow {
	struct traffic traffic;
	__u64 first_ns;
	__u64 last_ns;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, MAX_FLOWS);
	__type(key, struct flow_key);
	__type(value, struct flow);
} flows SEC(".maps");

/* A fragment after the first has no ports, and so makes a flow of its own. */
static __be32 ports_of(struct iphdr *ip, void *end)
{
	__be32 *ports = (void *)ip + ip->ihl * 4;

	if (ip->protocol != IPPROTO_TCP && ip->protocol != IPPROTO_UDP)
		return 0;
	if (ip->frag_off & bpf_htons(0x1fff) || (void *)(ports + 1) > end)
		return 0;
	return *ports;
}

static int key_of(struct xdp_md *frame, struct flow_key *key)
{
	void *end = (void *)(long)frame->data_end;
	struct ethhdr *ethernet = (void *)(long)frame->data;
	struct iphdr *ip = (void *)(ethernet + 1);

	if ((void *)(ip + 1) > end || ethernet->h_proto != bpf_htons(ETH_P_IP))
		return 0;
	key->source = ip->saddr;
	key->destination = ip->daddr;
	key->protocol = ip->protocol;
	key->ports = ports_of(ip, end);
	return 1;
}

static void count_flow(struct xdp_md *frame)
{
	struct flow_key key = {};

	if (!key_of(frame, &key))
		return;
	__u64 now = bpf_ktime_get_ns();
	struct flow *known = bpf_map_lookup_elem(&flows, &key);

	if (known) {
		/* Frames of one flow can be on several CPUs. */
		__sync_fetch_and_add(&known->traffic.frames, 1);
		__sync_fetch_and_add(&known->traffic.bytes, frame->data_end - frame->data);
		known->last_ns = now;
		return;
	}
	struct flow fresh = { .first_ns = now, .last_ns = now };

	add(&fresh.traffic, frame);
	bpf_map_update_elem(&flows, &key, &fresh, BPF_ANY);
}

SEC("xdp")
int count_flows(struct xdp_md *ctx)
{
	count_frame(ctx);
	count_flow(ctx);
	return XDP_PASS;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
