/*
 * Packets from a NIC over a bridge to a tap, and into a V3 ring of a sniffer on the bridge. All ends are here: the sender,
 * whoever reads the tap, and the sniffer, which takes what it gets and looks at nothing. The NIC is a veth that polls, and
 * gets its packets 32 at a time, cut from one datagram, as a NIC under load does. Each line on stdin says how many packets
 * to send, a multiple of 32; the answer says what they cost:
 *
 *     unshare --net packet_path
 *
 *     {"cpu":…,"captured":…,"dropped":…}    ns of this process, with the softirqs that run in it
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/udp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { PAYLOAD = 100, BATCH = 32, BLOCK = 1 << 18, BLOCKS = 64, SLOT = 2048 };

/* The sender waits for the sniffer before it is so many packets ahead, so that no ring overflows. */
enum { AHEAD = 4096 };

static atomic_ulong captured, carried;

static void must(int result, const char *what)
{
	if (result < 0)
		err(1, "%s", what);
}

static void lay_path(void)
{
	const char *commands =
		"set -e; echo 1 > /proc/sys/net/ipv6/conf/default/disable_ipv6;"
		"ip link add bench-br type bridge mcast_snooping 0; ip tuntap add bench-tap mode tap;"
		"ip link add bench-wire type veth peer name bench-port;"
		"ethtool -K bench-wire tso off tx-udp-segmentation off; ethtool -K bench-port gro on;"
		"ip address add 198.51.100.1/24 dev bench-wire;"
		"ip link set bench-tap txqueuelen 10000 master bench-br; ip link set bench-port master bench-br;"
		"for device in bench-br bench-tap bench-wire bench-port; do ip link set $device up; done;"
		"ip neighbour add 198.51.100.2 lladdr 02:00:00:00:00:99 dev bench-wire nud permanent";

	if (system(commands))
		errx(1, "the path cannot be laid");
}

/* To documentation's address (RFC 5737), at a hardware address that the bridge does not know. */
static int open_sender(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0), segment = PAYLOAD;
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };

	inet_pton(AF_INET, "198.51.100.2", &to.sin_addr);
	must(setsockopt(fd, SOL_UDP, UDP_SEGMENT, &segment, sizeof(segment)), "UDP_SEGMENT");
	must(connect(fd, (void *)&to, sizeof(to)), "connect");
	return fd;
}

static int open_sniffer(void)
{
	int fd = socket(AF_PACKET, SOCK_RAW, 0);
	int bridge = if_nametoindex("bench-br");
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_ALL),
		.sll_ifindex = bridge,
	};
	struct packet_mreq all = { .mr_ifindex = bridge, .mr_type = PACKET_MR_PROMISC };

	must(bind(fd, (void *)&address, sizeof(address)), "bench-br");
	must(setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof(all)), "promiscuous");
	return fd;
}

static void *read_tap(void *unused)
{
	int tap = open("/dev/net/tun", O_RDWR);
	struct ifreq request = { .ifr_name = "bench-tap", .ifr_flags = IFF_TAP | IFF_NO_PI };
	char frame[SLOT];

	must(tap, "/dev/net/tun");
	must(ioctl(tap, TUNSETIFF, &request), "TUNSETIFF");
	while (read(tap, frame, sizeof(frame)) > 0)
		atomic_fetch_add(&carried, 1);
	return unused;
}

static int sniffer;

static void *sniff(void *unused)
{
	int version = TPACKET_V3;
	struct tpacket_req3 request = {
		.tp_block_size = BLOCK,
		.tp_block_nr = BLOCKS,
		.tp_frame_size = SLOT,
		.tp_frame_nr = BLOCK / SLOT * BLOCKS,
		.tp_retire_blk_tov = 1,
	};
	char *ring;

	must(setsockopt(sniffer, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)), "PACKET_VERSION");
	must(setsockopt(sniffer, SOL_PACKET, PACKET_RX_RING, &request, sizeof(request)), "PACKET_RX_RING");
	ring = mmap(0, (size_t)BLOCK * BLOCKS, PROT_READ | PROT_WRITE, MAP_SHARED, sniffer, 0);
	if (ring == MAP_FAILED)
		err(1, "ring");
	for (int at = 0;; at = (at + 1) % BLOCKS) {
		struct tpacket_block_desc *block = (void *)(ring + (size_t)at * BLOCK);
		_Atomic uint32_t *status = (_Atomic uint32_t *)&block->hdr.bh1.block_status;

		while (!(atomic_load(status) & TP_STATUS_USER))
			poll(&(struct pollfd){ .fd = sniffer, .events = POLLIN }, 1, -1);
		atomic_fetch_add(&captured, block->hdr.bh1.num_pkts);
		atomic_store(status, TP_STATUS_KERNEL);
	}
	return unused;
}

static void wait_for(unsigned long packets)
{
	while (atomic_load(&captured) < packets || atomic_load(&carried) < packets)
		nanosleep(&(struct timespec){ .tv_nsec = 200000 }, 0);
}

static void send_packets(int sender, unsigned long count)
{
	static char datagram[BATCH * PAYLOAD];
	unsigned long first = atomic_load(&captured);

	for (unsigned long sent = BATCH; sent <= count; sent += BATCH) {
		must(send(sender, datagram, sizeof(datagram), 0), "send");
		if (sent > AHEAD)
			wait_for(first + sent - AHEAD);
	}
	wait_for(first + count);
}

static uint64_t cpu_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * 1000000000ULL + now.tv_nsec;
}

int main(void)
{
	pthread_t reader, taker;
	unsigned long count;
	int sender;

	lay_path();
	pthread_create(&reader, 0, read_tap, 0);
	sniffer = open_sniffer();
	pthread_create(&taker, 0, sniff, 0);
	sender = open_sender();
	sleep(2);
	puts("ready");
	fflush(stdout);
	while (scanf("%lu", &count) == 1) {
		uint64_t cpu = cpu_ns();
		struct tpacket_stats_v3 statistics;
		socklen_t size = sizeof(statistics);

		send_packets(sender, count);
		cpu = cpu_ns() - cpu;
		must(getsockopt(sniffer, SOL_PACKET, PACKET_STATISTICS, &statistics, &size), "PACKET_STATISTICS");
		printf("{\"cpu\":%lu,\"captured\":%u,\"dropped\":%u}\n", cpu,
		       statistics.tp_packets, statistics.tp_drops);
		fflush(stdout);
	}
	return 0;
}
