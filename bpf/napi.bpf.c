// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* How many packets a driver's polls bring, and how often one is cut short while there are more. */
#include "napi.h"

DEFINE_ROWS(napi_devices, struct napi_device, NAPI_KNOWN_DEVICES);

/* As many rows for each CPU. */
DEFINE_ROWS(napi_rows, struct napi_row, NAPI_DEVICES);

/* An ifindex is unique in its namespace only. */
static __u32 place_of(struct net_device___in_namespace *device)
{
	if (!device)
		return PLACE_BACKLOG;
	__u32 ifindex = device->ifindex;
	__u32 index = ifindex % NAPI_KNOWN_DEVICES;
	struct napi_device *known = bpf_map_lookup_elem(&napi_devices, &index);

	if (!known || known->ifindex != ifindex || known->netns != device->nd_net.net->ns.inum)
		return PLACE_OTHER;
	return known->place % NAPI_DEVICES;
}

static __u32 poll_bucket(__u32 packets)
{
	__u32 bucket = packets ? 1 + log2_up(packets) : 0;

	return bucket < POLL_BUCKETS ? bucket : POLL_BUCKETS - 1;
}

/* A budget of 0 is netpoll's, which sends the kernel's own messages and takes no packet. */
SEC("tp_btf/napi_poll")
int BPF_PROG(napi_poll, struct napi_struct *napi, int work, int budget)
{
	if (budget <= 0)
		return 0;
	__u32 index = bpf_get_smp_processor_id() * NAPI_DEVICES + place_of(napi->dev);
	struct napi_row *row = bpf_map_lookup_elem(&napi_rows, &index);

	if (!row)
		return 0;
	row->packets += work;
	if (work >= budget)
		row->exhausted++;
	row->polls[poll_bucket(work)]++;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
