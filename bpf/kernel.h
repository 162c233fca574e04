/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The few kernel types these programs look into, declared by us with only the fields they use. CO-RE moves every
 * access to where the running kernel has the field, so no machine's vmlinux.h is needed and no offset is fixed here.
 */
#ifndef TRAPLINE_KERNEL_H
#define TRAPLINE_KERNEL_H

#include <linux/bpf.h>
#include <stdbool.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* include/linux/sched.h */
struct sched_info {
	unsigned long long run_delay;
};

struct sched_entity {
	__u64 exec_start;
	__u64 sum_exec_runtime;
};

struct task_struct {
	int pid;
	int tgid;
	unsigned long nvcsw;
	__u64 start_boottime;
	struct task_struct *group_leader;
	struct mm_struct *mm;
	struct sched_entity se;
	struct sched_info sched_info;
	char comm[16];
};

/* kernel/sched/sched.h: the field is there only with CONFIG_IRQ_TIME_ACCOUNTING. */
struct rq {
	__u64 prev_irq_time;
};

/* include/linux/mm_types.h: the owner is there only with CONFIG_MEMCG. */
struct mm_struct {
	unsigned long arg_start;
	unsigned long arg_end;
	struct task_struct *owner;
};

/* include/uapi/linux/kvm.h */
struct kvm_run {
	__u32 exit_reason;
	union {
		struct {
			__u8 direction;
			__u8 size;
			__u32 count;
		} io;
		struct {
			__u32 len;
			__u8 is_write;
		} mmio;
	};
};

struct kvm_irq_level {
	__u32 level;
};

/* include/linux/kvm_host.h */
struct kvm {
	struct mm_struct *mm;
};

struct kvm_vcpu {
	struct kvm *kvm;
	int vcpu_id;
	struct kvm_run *run;
};

/* include/linux/workqueue.h, include/linux/kvm_irqfd.h */
struct work_struct {
};

struct kvm_kernel_irqfd {
	struct kvm *kvm;
	struct work_struct inject;
};

/* arch/x86/kvm/vmx/vmx.h, until the reason moved to struct vcpu_vt. */
union vmx_exit_reason {
	__u32 full;
};

struct vcpu_vmx {
	union vmx_exit_reason exit_reason;
};

struct vcpu_vt {
	union vmx_exit_reason exit_reason;
};

struct vcpu_vmx___vt {
	struct vcpu_vt vt;
};

/* arch/x86/include/asm/svm.h, arch/x86/kvm/svm/svm.h */
struct vmcb_control_area {
	__u32 exit_code;
};

struct vmcb {
	struct vmcb_control_area control;
};

struct vcpu_svm {
	struct vmcb *vmcb;
};

/* include/linux/fs.h, include/linux/dcache.h */
struct qstr {
	const unsigned char *name;
};

struct dentry {
	struct qstr d_name;
	struct dentry *d_parent;
};

struct path {
	struct dentry *dentry;
};

struct inode {
	unsigned int i_rdev;
};

struct file {
	struct path f_path;
	struct inode *f_inode;
	void *private_data;
};

/* include/linux/netdevice.h */
struct net_device {
	char name[16];
};

/* include/net/sock.h, include/linux/net.h */
struct sock_common {
	unsigned short skc_family;
};

struct sock {
	struct sock_common __sk_common;
	int sk_rcvbuf;
};

struct socket {
	struct sock *sk;
};

/* net/packet/internal.h, include/uapi/linux/if_packet.h. Since 8e8e2951e309 (5.5) drops are counted apart. */
enum tpacket_versions {
	TPACKET_V1,
	TPACKET_V2,
	TPACKET_V3,
};

struct tpacket_stats_v3 {
	unsigned int tp_packets;
	unsigned int tp_drops;
	unsigned int tp_freeze_q_cnt;
};

union tpacket_stats_u {
	struct tpacket_stats_v3 stats3;
};

struct packet_ring_buffer {
	void *pg_vec;
	unsigned int pg_vec_pages;
	unsigned int pg_vec_len;
};

struct packet_type {
	struct net_device *dev;
};

typedef struct {
	int counter;
} atomic_t;

struct packet_fanout {
	__u16 id;
};

struct packet_sock {
	struct packet_fanout *fanout;
	union tpacket_stats_u stats;
	struct packet_ring_buffer rx_ring;
	int ifindex;
	unsigned short num;
	enum tpacket_versions tp_version;
	struct packet_type prot_hook;
	atomic_t tp_drops;
};

/* include/linux/uio.h, include/linux/net.h: since 7.2 getsockopt() of a packet socket writes to an iterator. */
struct iov_iter {
	void *ubuf;
};

struct sockopt {
	struct iov_iter iter_out;
	int optlen;
};

/* include/linux/types.h, include/linux/refcount.h */
struct hlist_head {
	struct hlist_node *first;
};

struct refcount_struct {
	atomic_t refs;
};

/* include/net/xdp_sock.h, net/xdp/xsk_queue.h */
struct xsk_queue {
	__u32 nentries;
	__u32 cached_prod;
};

struct xdp_umem {
	__u64 size;
};

struct xdp_sock {
	struct xsk_queue *rx;
	struct net_device *dev;
	struct xdp_umem *umem;
	__u64 rx_dropped;
	__u64 rx_queue_full;
};

/* include/linux/bpf.h, kernel/bpf/task_iter.c */
struct seq_file;

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};

/* include/linux/interrupt.h */
struct irqaction {
	const char *name;
};

/* include/net/net_namespace.h, include/linux/netdevice.h */
struct ns_common {
	unsigned int inum;
};

struct net {
	struct ns_common ns;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct net_device___in_namespace {
	int ifindex;
	possible_net_t nd_net;
};

struct napi_struct {
	struct net_device___in_namespace *dev;
};

/* include/linux/skbuff.h */
struct sk_buff {
	struct net_device *dev;
	__u8 pkt_type : 3;
};

/* include/linux/ptr_ring.h */
struct ptr_ring {
	int producer;
	int consumer_head;
	int size;
	void **queue;
};

/*
 * include/linux/netdevice.h. Drops have been counted by CPU since 625788b58445 (5.18), packets in a type of their own since
 * 9962acefbcb9 (6.0).
 */
typedef struct {
	long counter;
} atomic_long_t;

typedef struct {
	long v;
} u64_stats_t;

struct net_device_core_stats {
	unsigned long rx_dropped;
	unsigned long tx_dropped;
};

struct pcpu_sw_netstats {
	u64_stats_t rx_packets;
	u64_stats_t rx_bytes;
	u64_stats_t tx_packets;
	u64_stats_t tx_bytes;
};

struct pcpu_sw_netstats___plain {
	__u64 rx_packets;
	__u64 rx_bytes;
	__u64 tx_packets;
	__u64 tx_bytes;
};

struct net_device___tap {
	char name[16];
	int ifindex;
	possible_net_t nd_net;
	struct pcpu_sw_netstats *tstats;
	struct net_device_core_stats *core_stats;
};

struct net_device___dropped {
	atomic_long_t rx_dropped;
	atomic_long_t tx_dropped;
};

/* drivers/net/tun.c */
struct tun_struct {
	unsigned int flags;
	struct net_device___tap *dev;
};

struct tun_file {
	struct tun_struct *tun;
	__u16 queue_index;
	struct ptr_ring tx_ring;
};

/* include/linux/if_tap.h */
struct tap_dev {
	struct net_device___tap *dev;
};

struct tap_queue {
	struct tap_dev *tap;
	struct file *file;
	__u16 queue_index;
	struct ptr_ring ring;
};

/* include/linux/if_vlan.h, if_macvlan.h, drivers/net/macvtap.c */
struct vlan_pcpu_stats {
	u64_stats_t rx_packets;
	u64_stats_t rx_bytes;
	u64_stats_t tx_packets;
	u64_stats_t tx_bytes;
	__u32 rx_errors;
	__u32 tx_dropped;
};

struct vlan_pcpu_stats___plain {
	__u64 rx_packets;
	__u64 rx_bytes;
	__u64 tx_packets;
	__u64 tx_bytes;
};

struct macvlan_dev {
	struct net_device___tap *dev;
	struct vlan_pcpu_stats *pcpu_stats;
};

struct macvtap_dev {
	struct macvlan_dev vlan;
	struct tap_dev tap;
};

/* drivers/net/ipvlan/ipvlan.h, ipvtap.c */
struct ipvl_pcpu_stats {
	u64_stats_t rx_pkts;
	u64_stats_t rx_bytes;
	u64_stats_t tx_pkts;
	u64_stats_t tx_bytes;
	__u32 rx_errs;
	__u32 tx_drps;
};

struct ipvl_pcpu_stats___plain {
	__u64 rx_pkts;
	__u64 rx_bytes;
	__u64 tx_pkts;
	__u64 tx_bytes;
};

struct ipvl_dev {
	struct net_device___tap *dev;
	struct ipvl_pcpu_stats *pcpu_stats;
};

struct ipvtap_dev {
	struct ipvl_dev vlan;
	struct tap_dev tap;
};

/* include/linux/bpf.h */
struct bpf_array {
	void *pptrs[0];
};

#pragma clang attribute pop

#endif
