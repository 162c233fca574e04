// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What capture sockets delivered and dropped, from the counters the kernel keeps in them anyway. An iterator reads them at
 * scrape. The application clears them when it reads them itself, and they go with the socket: programs on these two rare
 * calls fold what is taken away, so that nothing runs per packet and no count is lost.
 */
#include "kernel.h"
#include "rows.h"
#include "capture.h"

/* include/linux/socket.h, include/uapi/linux/if_packet.h */
#define AF_PACKET 17
#define AF_XDP 44
#define SOL_PACKET 263
#define PACKET_STATISTICS 6

/* The only page size of the architecture these objects are built for. */
#define PAGE_SIZE 4096

DEFINE_ROWS(closed, struct capture_socket, MAX_CLOSED);
DEFINE_FREE_RING(capture_closed_ring, free_closed, MAX_CLOSED);
DEFINE_ROWS(lost, struct capture_lost, 1);

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct capture_socket);
} sockets SEC(".maps");

#define count_lost(cause)                                                                                          \
	do {                                                                                                       \
		__u32 zero = 0;                                                                                    \
		struct capture_lost *row = bpf_map_lookup_elem(&lost, &zero);                                      \
		if (row)                                                                                           \
			__sync_fetch_and_add(&row->cause, 1);                                                      \
	} while (0)

/* Since the application last read them: tp_packets without drops, which are added when it reads. */
static void read_counters(struct capture_socket *to, struct packet_sock *packet)
{
	to->delivered = BPF_CORE_READ(packet, stats.stats3.tp_packets);
	to->drops = BPF_CORE_READ(packet, tp_drops.counter);
	to->freezes = to->method == METHOD_V3 ? BPF_CORE_READ(packet, stats.stats3.tp_freeze_q_cnt) : 0;
}

/* A socket without a ring of its own queues packets in its receive buffer. */
static void describe_ring(struct capture_socket *to, struct packet_sock *packet)
{
	if (!BPF_CORE_READ(packet, rx_ring.pg_vec)) {
		to->method = METHOD_PLAIN;
		to->ring_bytes = BPF_CORE_READ((struct sock *)packet, sk_rcvbuf);
		return;
	}
	to->method = METHOD_V1 + BPF_CORE_READ(packet, tp_version);
	to->ring_bytes = (__u64)BPF_CORE_READ(packet, rx_ring.pg_vec_len) *
			 BPF_CORE_READ(packet, rx_ring.pg_vec_pages) * PAGE_SIZE;
}

static void read_device(struct capture_socket *to, struct net_device *device)
{
	if (device)
		bpf_probe_read_kernel_str(to->device, sizeof(to->device), device->name);
}

/* Its threads may have names of their own: the process has its leader's. */
static void read_process(struct capture_socket *to, struct task_struct *task)
{
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);

	bpf_probe_read_kernel_str(to->process, sizeof(to->process), leader->comm);
	to->start_ns = BPF_CORE_READ(leader, start_boottime);
	to->tgid = BPF_CORE_READ(task, tgid);
}

/* A socket that asks for no protocol receives nothing: it is there to send. */
static bool captures(struct capture_socket *socket, struct packet_sock *packet)
{
	return BPF_CORE_READ(packet, num) || socket->delivered || socket->drops || socket->folded_delivered ||
	       socket->folded_drops;
}

static void read_fanout(struct capture_socket *to, struct packet_fanout *fanout)
{
	if (fanout)
		to->fanout = FANOUT + BPF_CORE_READ(fanout, id);
}

static bool describe_packet(struct capture_socket *to, struct packet_sock *packet)
{
	if (!bpf_core_field_exists(packet->tp_drops))
		return false;
	describe_ring(to, packet);
	to->ifindex = BPF_CORE_READ(packet, ifindex);
	read_device(to, BPF_CORE_READ(packet, prot_hook.dev));
	read_fanout(to, BPF_CORE_READ(packet, fanout));
	read_counters(to, packet);
	return captures(to, packet);
}

/*
 * The kernel's own position in the receive ring is the number of descriptors ever given; drops are what found no buffer
 * or no room in that ring.
 */
static bool describe_xdp(struct capture_socket *to, struct xdp_sock *xdp)
{
	if (!bpf_core_field_exists(xdp->rx_queue_full))
		return false;
	struct xsk_queue *received = BPF_CORE_READ(xdp, rx);

	if (!received)
		return false;
	to->method = METHOD_XDP;
	to->ring_bytes = BPF_CORE_READ(xdp, umem, size);
	to->delivered = BPF_CORE_READ(received, cached_prod);
	to->folded_drops = BPF_CORE_READ(xdp, rx_dropped) + BPF_CORE_READ(xdp, rx_queue_full);
	to->ifindex = NO_DEVICE;
	read_device(to, BPF_CORE_READ(xdp, dev));
	return true;
}

/*
 * What was folded is read before what is not: between the two the application may take the latter away, and the sum is
 * then too low for a moment, but never too high.
 */
static void read_folded(struct capture_socket *to, struct sock *sk)
{
	volatile struct capture_socket *stored = bpf_sk_storage_get(&sockets, sk, 0, 0);

	if (!stored)
		return;
	to->folded_delivered = stored->folded_delivered;
	to->folded_drops = stored->folded_drops;
	to->folded_freezes = stored->folded_freezes;
}

static bool describe(struct capture_socket *to, struct sock *sk)
{
	to->cookie = bpf_get_socket_cookie(sk);
	if (sk->__sk_common.skc_family == AF_XDP)
		return describe_xdp(to, (struct xdp_sock *)sk);
	if (sk->__sk_common.skc_family != AF_PACKET)
		return false;
	read_folded(to, sk);
	return describe_packet(to, (struct packet_sock *)sk);
}

SEC("iter/task_file")
int capture_sockets(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct capture_socket found = {};

	if (!task || !file)
		return 0;
	struct socket *socket = bpf_sock_from_file(file);
	struct sock *sk = socket ? socket->sk : 0;

	if (!sk || !describe(&found, sk))
		return 0;
	read_process(&found, task);
	bpf_seq_write(ctx->meta->seq, &found, sizeof(found));
	return 0;
}

static struct capture_socket *storage_of(struct sock *sk)
{
	struct capture_socket *stored = bpf_sk_storage_get(&sockets, sk, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (!stored)
		count_lost(socket_storage);
	return stored;
}

static bool reads_statistics(int level, int name)
{
	return level == SOL_PACKET && name == PACKET_STATISTICS;
}

/* Before the kernel clears the counters: what fold() uses of them where the application's copy does not tell. */
SEC("fentry/packet_getsockopt")
int BPF_PROG(packet_getsockopt_entry, struct socket *socket, int level, int name)
{
	struct sock *sk = socket->sk;

	if (!sk || !reads_statistics(level, name))
		return 0;
	struct capture_socket *stored = storage_of(sk);

	if (!stored)
		return 0;
	describe_ring(stored, (struct packet_sock *)sk);
	read_counters(stored, (struct packet_sock *)sk);
	return 0;
}

/*
 * Exactly what was taken away is what the application got; packets that came between the entry of the call and the
 * clearing are in there. Its buffer may be short, or not to be read: then it is what there was at the entry.
 */
static void fold(struct capture_socket *stored, const void *buffer, int length)
{
	const struct tpacket_stats_v3 at_entry = {
		.tp_packets = stored->delivered + stored->drops,
		.tp_drops = stored->drops,
		.tp_freeze_q_cnt = stored->freezes,
	};
	struct tpacket_stats_v3 got = at_entry;
	long failed = 0;

	if (length >= 12)
		failed = bpf_probe_read_user(&got, 12, buffer);
	else if (length >= 8)
		failed = bpf_probe_read_user(&got, 8, buffer);
	/* What cannot be read is zeroed. */
	if (failed)
		got = at_entry;
	__sync_fetch_and_add(&stored->folded_delivered, (__u32)(got.tp_packets - got.tp_drops));
	__sync_fetch_and_add(&stored->folded_drops, got.tp_drops);
	__sync_fetch_and_add(&stored->folded_freezes, got.tp_freeze_q_cnt);
}

/* At the exit of the call. `length` is what was written to the buffer. */
static int on_statistics(struct sock *sk, const void *buffer, int length, int result)
{
	struct capture_socket *stored = storage_of(sk);

	if (!stored)
		return 0;
	if (result) {
		/* A bad address is found before the clearing or after it: only then do the counters fall. */
		struct capture_socket now = { .method = stored->method };

		read_counters(&now, (struct packet_sock *)sk);
		if (now.delivered >= stored->delivered && now.drops >= stored->drops)
			return 0;
		length = 0;
	}
	fold(stored, buffer, length);
	return 0;
}

/* The arguments until 7.1. */
SEC("fexit/packet_getsockopt")
int BPF_PROG(packet_getsockopt, struct socket *socket, int level, int name, const void *buffer, const int *size,
	     int result)
{
	struct sock *sk = socket->sk;
	int length = 0;

	if (!sk || !reads_statistics(level, name))
		return 0;
	bpf_probe_read_user(&length, sizeof(length), size);
	return on_statistics(sk, buffer, length, result);
}

/* Since 7.2 an iterator leads to the buffer; what is written moves its offset and not this address. */
SEC("fexit/packet_getsockopt")
int BPF_PROG(packet_getsockopt_iter, struct socket *socket, int level, int name, struct sockopt *option, int result)
{
	struct sock *sk = socket->sk;

	if (!sk || !reads_statistics(level, name))
		return 0;
	return on_statistics(sk, option->iter_out.ubuf, option->optlen, result);
}

static void publish(const struct capture_socket *last)
{
	__u32 index = take_free_closed();
	struct capture_socket *row = bpf_map_lookup_elem(&closed, &index);

	if (!row) {
		count_lost(closed_table_full);
		return;
	}
	__u32 generation = __sync_lock_test_and_set(&row->generation, 0);

	__builtin_memcpy(row, last, sizeof(*row));
	__sync_lock_test_and_set(&row->generation, generation + 1 ?: 1);
}

/* The socket closes: whose it was and where is known here for the last time. */
SEC("fentry/packet_release")
int BPF_PROG(packet_release, struct socket *socket)
{
	struct sock *sk = socket->sk;
	struct capture_socket found = {};

	if (!sk || !describe(&found, sk))
		return 0;
	struct capture_socket *stored = storage_of(sk);

	if (!stored)
		return 0;
	read_process(&found, bpf_get_current_task_btf());
	__builtin_memcpy(stored, &found, sizeof(found));
	return 0;
}

/* Nothing reaches the socket any more: these are its last counts. */
SEC("fentry/packet_sock_destruct")
int BPF_PROG(packet_sock_destruct, struct sock *sk)
{
	struct capture_socket *stored = sk ? bpf_sk_storage_get(&sockets, sk, 0, 0) : 0;

	if (!stored || !stored->cookie)
		return 0;
	read_counters(stored, (struct packet_sock *)sk);
	publish(stored);
	return 0;
}

SEC("fentry/xsk_release")
int BPF_PROG(xsk_release, struct socket *socket)
{
	struct sock *sk = socket->sk;
	struct capture_socket found = {};

	if (!sk || !describe(&found, sk))
		return 0;
	read_process(&found, bpf_get_current_task_btf());
	publish(&found);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
