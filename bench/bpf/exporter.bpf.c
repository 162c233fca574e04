// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What exporters of eBPF metrics usually do, written after the shape of ebpf_exporter's examples: a hash holds the start
 * of each exit, and a per-CPU hash with a composite key holds the log2 histogram, one entry for each bucket and one for
 * the sum. It tells less than Trapline: neither states nor guest time.
 */
#include "../../bpf/histogram.h"
#include "../../bpf/look.h"

#define SUM 64
#define MAX_THREADS 4096

struct start {
	__u64 ns;
	__u32 reason;
};

struct key {
	__u32 tgid;
	__u32 tid;
	__u32 reason;
	__u32 bucket;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_THREADS);
	__type(key, __u32);
	__type(value, struct start);
} starts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_HASH);
	__uint(max_entries, 65536);
	__type(key, struct key);
	__type(value, __u64);
} histogram SEC(".maps");

static void add(struct key *key, __u64 value)
{
	__u64 zero = 0;
	__u64 *sum = bpf_map_lookup_elem(&histogram, key);

	if (!sum) {
		bpf_map_update_elem(&histogram, key, &zero, BPF_NOEXIST);
		sum = bpf_map_lookup_elem(&histogram, key);
	}
	if (sum)
		*sum += value;
}

static int on_exit(__u32 reason)
{
	struct start start = { .ns = bpf_ktime_get_ns(), .reason = reason };
	__u32 tid = bpf_get_current_pid_tgid();

	bpf_map_update_elem(&starts, &tid, &start, BPF_ANY);
	return 0;
}

static int on_entry(void)
{
	__u64 id = bpf_get_current_pid_tgid();
	__u32 tid = id;
	struct start *start = bpf_map_lookup_elem(&starts, &tid);

	if (!start)
		return 0;
	__u64 ns = bpf_ktime_get_ns() - start->ns;
	struct key key = { .tgid = id >> 32, .tid = tid, .reason = start->reason, .bucket = log2_up(ns) };

	add(&key, 1);
	key.bucket = SUM;
	add(&key, ns);
	bpf_map_delete_elem(&starts, &tid);
	return 0;
}

SEC("tp_btf/kvm_exit")
int BPF_PROG(shape_exit, struct kvm_vcpu *vcpu, __u32 isa)
{
	return vcpu ? on_exit(BPF_CORE_READ((struct vcpu_svm *)vcpu, vmcb, control.exit_code)) : 0;
}

/* Where no VM runs: the reason comes as the argument, as with kvm_exit_with_reason. */
SEC("raw_tp/exit_with_reason")
int BPF_PROG(shape_exit_with_reason, __u32 exit_reason)
{
	return on_exit(exit_reason);
}

/* As kvm_exit finds the exit code of SVM: at two addresses, one after the other. */
const volatile __u64 something = 1;

SEC("raw_tp/reason")
int BPF_PROG(read_reason)
{
	void *first = look_at_pointer((void *)&something);

	return look_at_number((void *)&something) + (first != 0);
}

SEC("tp_btf/kvm_entry")
int BPF_PROG(shape_entry)
{
	return on_entry();
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
