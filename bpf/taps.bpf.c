// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The taps, macvtaps and ipvtaps that processes hold open, read where they lie: the file leads to its device in whatever
 * network namespace, and so to its counters. An iterator made by root can be read by the unprivileged exporter.
 */
#include "kernel.h"
#include "taps.h"

/* Documentation/admin-guide/devices.txt: misc device 10:200. The major number of macvtaps is the kernel's choice. */
#define TUN_DEVICE (10 << 20 | 200)
/* include/uapi/linux/if_tun.h */
#define IFF_TAP 0x0002

/* More than any machine has: the loop ends after the last CPU that is possible. */
#define MAX_CPUS 65536

/* Holds nothing: where its element is on each CPU shows how far a per-CPU pointer is from the memory of that CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} anchor SEC(".maps");

enum counter {
	RX_PACKETS,
	RX_BYTES,
	RX_ERRORS,
	RX_DROPPED,
	TX_PACKETS,
	TX_BYTES,
	TX_DROPPED,
	/* Of macvtaps: beside what TX_DROPPED counts. */
	TX_REFUSED,
	COUNTERS,
};

/* Counters that each CPU keeps for itself: the per-CPU pointer to each, its width in bytes, and the sums. */
struct summing {
	__u64 anchor;
	__u64 place[COUNTERS];
	__u64 sum[COUNTERS];
	__u32 width[COUNTERS];
	__u32 done;
};

/* The verifier refuses arithmetic that leads a pointer out of its object. */
static __u64 address_of(void *pointer)
{
	__u64 address = 0;

	bpf_probe_read_kernel(&address, sizeof(address), &pointer);
	return address;
}

static long add_cpu(__u32 cpu, struct summing *summing)
{
	__u32 zero = 0;
	void *element = bpf_map_lookup_percpu_elem(&anchor, &zero, cpu);

	if (!element) {
		summing->done = 1;
		return 1;
	}
	__u64 distance = address_of(element) - summing->anchor;

	for (int i = 0; i < COUNTERS; i++) {
		__u64 value = 0;

		if (!summing->place[i])
			continue;
		bpf_probe_read_kernel(&value, summing->width[i] == 4 ? 4 : 8, (void *)(summing->place[i] + distance));
		summing->sum[i] += value;
	}
	return 0;
}

/* The helpers came with e6f2dd0f8067 (5.17) and 07343110b293 (5.19). */
static bool can_sum(void)
{
	return bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_loop) &&
	       bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_map_lookup_percpu_elem) &&
	       bpf_core_field_exists(((struct bpf_array *)0)->pptrs);
}

static void add_place(struct summing *summing, enum counter counter, const void *per_cpu, __u32 offset, __u32 width)
{
	if (!per_cpu)
		return;
	summing->place[counter] = (__u64)per_cpu + offset;
	summing->width[counter] = width;
}

/* A 64-bit number, whose type had the same name before 6.0. */
#define ADD_PLACE(summing, counter, per_cpu, type, field)                                                          \
	add_place(summing, counter, per_cpu,                                                                       \
		  bpf_core_field_exists(((struct type *)0)->field)                                                 \
			  ? bpf_core_field_offset(struct type, field)                                              \
			  : bpf_core_field_offset(struct type##___plain, field),                                   \
		  8)

#define ADD_TRAFFIC(summing, per_cpu, type, packets)                                                               \
	do {                                                                                                       \
		ADD_PLACE(summing, RX_PACKETS, per_cpu, type, rx_##packets);                                       \
		ADD_PLACE(summing, RX_BYTES, per_cpu, type, rx_bytes);                                             \
		ADD_PLACE(summing, TX_PACKETS, per_cpu, type, tx_##packets);                                       \
		ADD_PLACE(summing, TX_BYTES, per_cpu, type, tx_bytes);                                             \
	} while (0)

#define ADD_LOSSES(summing, per_cpu, type, received, transmitted)                                                  \
	do {                                                                                                       \
		add_place(summing, RX_ERRORS, per_cpu, bpf_core_field_offset(struct type, received), 4);           \
		add_place(summing, TX_REFUSED, per_cpu, bpf_core_field_offset(struct type, transmitted), 4);       \
	} while (0)

/* What the kernel counts of any device; it makes room for these drops with the first one. */
static void place_drops(struct summing *summing, struct net_device___tap *device)
{
	struct net_device___dropped *before = (void *)device;

	if (bpf_core_field_exists(device->core_stats)) {
		void *per_cpu = BPF_CORE_READ(device, core_stats);

		add_place(summing, RX_DROPPED, per_cpu, bpf_core_field_offset(struct net_device_core_stats, rx_dropped), 8);
		add_place(summing, TX_DROPPED, per_cpu, bpf_core_field_offset(struct net_device_core_stats, tx_dropped), 8);
	} else if (bpf_core_field_exists(before->rx_dropped)) {
		summing->sum[RX_DROPPED] = BPF_CORE_READ(before, rx_dropped.counter);
		summing->sum[TX_DROPPED] = BPF_CORE_READ(before, tx_dropped.counter);
	}
}

static void sum_up(struct tap_file *found, struct summing *summing, struct net_device___tap *device)
{
	if (!can_sum() || !summing->place[RX_PACKETS])
		return;
	__u64 array = address_of(&anchor);

	bpf_probe_read_kernel(&summing->anchor, sizeof(summing->anchor),
			      (void *)(array + bpf_core_field_offset(struct bpf_array, pptrs)));
	place_drops(summing, device);
	bpf_loop(MAX_CPUS, add_cpu, summing, 0);
	found->counted = summing->done;
	found->rx_packets = summing->sum[RX_PACKETS];
	found->rx_bytes = summing->sum[RX_BYTES];
	found->rx_errors = summing->sum[RX_ERRORS];
	found->rx_dropped = summing->sum[RX_DROPPED];
	found->tx_packets = summing->sum[TX_PACKETS];
	found->tx_bytes = summing->sum[TX_BYTES];
	found->tx_dropped = summing->sum[TX_DROPPED] + summing->sum[TX_REFUSED];
}

static void count_tap(struct tap_file *found, struct net_device___tap *device)
{
	struct summing summing = {};
	void *per_cpu = BPF_CORE_READ(device, tstats);

	ADD_TRAFFIC(&summing, per_cpu, pcpu_sw_netstats, packets);
	sum_up(found, &summing, device);
}

static void count_macvtap(struct tap_file *found, struct macvlan_dev *vlan, struct net_device___tap *device)
{
	struct summing summing = {};
	void *per_cpu = BPF_CORE_READ(vlan, pcpu_stats);

	ADD_TRAFFIC(&summing, per_cpu, vlan_pcpu_stats, packets);
	ADD_LOSSES(&summing, per_cpu, vlan_pcpu_stats, rx_errors, tx_dropped);
	sum_up(found, &summing, device);
}

static void count_ipvtap(struct tap_file *found, struct ipvl_dev *vlan, struct net_device___tap *device)
{
	struct summing summing = {};
	void *per_cpu = BPF_CORE_READ(vlan, pcpu_stats);

	ADD_TRAFFIC(&summing, per_cpu, ipvl_pcpu_stats, pkts);
	ADD_LOSSES(&summing, per_cpu, ipvl_pcpu_stats, rx_errs, tx_drps);
	sum_up(found, &summing, device);
}

/* Of a macvtap or ipvtap: what its struct tap_dev lies in is known by the pointer to the same device in it. */
static void count_by_driver(struct tap_file *found, struct tap_dev *tap, struct net_device___tap *device)
{
	if (bpf_core_field_exists(((struct macvtap_dev *)0)->tap)) {
		struct macvtap_dev *macvtap = (void *)tap - bpf_core_field_offset(struct macvtap_dev, tap);

		if (BPF_CORE_READ(macvtap, vlan.dev) == device) {
			count_macvtap(found, &macvtap->vlan, device);
			return;
		}
	}
	if (bpf_core_field_exists(((struct ipvtap_dev *)0)->tap)) {
		struct ipvtap_dev *ipvtap = (void *)tap - bpf_core_field_offset(struct ipvtap_dev, tap);

		if (BPF_CORE_READ(ipvtap, vlan.dev) == device)
			count_ipvtap(found, &ipvtap->vlan, device);
	}
}

/* Where both ends are at the same place the ring is empty or full. */
static void read_ring(struct tap_file *found, struct ptr_ring *ring)
{
	__u32 room = BPF_CORE_READ(ring, size);
	__u32 next = BPF_CORE_READ(ring, producer);
	__u32 first = BPF_CORE_READ(ring, consumer_head);
	void **slots = BPF_CORE_READ(ring, queue), *last = 0;

	found->room = room;
	if (next == first) {
		bpf_probe_read_kernel(&last, sizeof(last), slots + next);
		found->waiting = last ? room : 0;
	} else {
		found->waiting = next > first ? next - first : next + room - first;
	}
}

/* Returns whether the counters are to be read: once for each device. */
static bool read_identity(struct tap_file *found, struct net_device___tap *device)
{
	found->netns = BPF_CORE_READ(device, nd_net.net, ns.inum);
	found->ifindex = BPF_CORE_READ(device, ifindex);
	bpf_probe_read_kernel_str(found->device, sizeof(found->device), device->name);
	return found->queue == 0;
}

/* A file that was not given an interface yet has none. */
static bool read_tap(struct tap_file *found, struct tun_file *queue)
{
	found->kind = KIND_TAP;
	if (!bpf_core_field_exists(queue->tun))
		return true;
	struct tun_struct *tun = BPF_CORE_READ(queue, tun);
	struct net_device___tap *device = tun ? BPF_CORE_READ(tun, dev) : 0;

	if (!device || !(BPF_CORE_READ(tun, flags) & IFF_TAP))
		return false;
	found->queue = BPF_CORE_READ(queue, queue_index);
	read_ring(found, &queue->tx_ring);
	if (read_identity(found, device))
		count_tap(found, device);
	return true;
}

/* Any character device may be one: a queue knows its file. */
static bool read_macvtap(struct tap_file *found, struct file *file, struct tap_queue *queue)
{
	found->kind = KIND_MACVTAP;
	if (!bpf_core_field_exists(queue->file) || !queue || BPF_CORE_READ(queue, file) != file)
		return false;
	struct tap_dev *tap = BPF_CORE_READ(queue, tap);
	struct net_device___tap *device = tap ? BPF_CORE_READ(tap, dev) : 0;

	if (!device)
		return false;
	found->queue = BPF_CORE_READ(queue, queue_index);
	read_ring(found, &queue->ring);
	if (read_identity(found, device))
		count_by_driver(found, tap, device);
	return true;
}

SEC("iter/task_file")
int taps(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct tap_file found = {};

	if (!task || !file)
		return 0;
	__u32 number = file->f_inode->i_rdev;

	if (!number)
		return 0;
	if (number == TUN_DEVICE ? !read_tap(&found, file->private_data)
				 : !read_macvtap(&found, file, file->private_data))
		return 0;
	found.tgid = task->tgid;
	found.start_ns = task->group_leader->start_boottime;
	bpf_seq_write(ctx->meta->seq, &found, sizeof(found));
	return 0;
}

/* Keeps the layout in BTF. */
const volatile struct tap_file tap_file_layout;

char LICENSE[] SEC("license") = "Dual BSD/GPL";
