// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* How long the network's softirqs run, and how long they wait for it from the moment they were asked for. */
#include "resumed.h"
#include "softirq.h"

/* As many rows for each CPU. */
DEFINE_ROWS(softirq_rows, struct softirq_row, VECTORS);

static struct softirq_row *row_of(__u32 vector)
{
	__u32 place = vector - FIRST_VECTOR;

	if (place >= VECTORS)
		return 0;
	__u32 index = bpf_get_smp_processor_id() * VECTORS + place;
	return bpf_map_lookup_elem(&softirq_rows, &index);
}

SEC("tp_btf/softirq_raise")
int BPF_PROG(softirq_raise, unsigned int vector)
{
	struct softirq_row *row = row_of(vector);

	if (!row)
		return 0;
	row->last_raise_ns = bpf_ktime_get_ns();
	if (row->raised_ns <= resumed_ns)
		row->raised_ns = row->last_raise_ns;
	return 0;
}

/*
 * A turn of softirqs takes all that are raised and then runs one after the other. What is raised meanwhile belongs to the
 * next turn, though the vector has not run yet in this one: such a run finds no raise of its own, and the last is its.
 */
SEC("tp_btf/softirq_entry")
int BPF_PROG(softirq_entry, unsigned int vector)
{
	struct softirq_row *row = row_of(vector);

	if (!row)
		return 0;
	__u64 raised = row->raised_ns > resumed_ns ? row->raised_ns : row->last_raise_ns;

	row->raised_ns = 0;
	row->entered_ns = bpf_ktime_get_ns();
	if (raised <= resumed_ns)
		return 0;
	__u64 latency = row->entered_ns - raised;

	row->latency_ns += latency;
	row->latencies[duration_bucket(latency)]++;
	return 0;
}

SEC("tp_btf/softirq_exit")
int BPF_PROG(softirq_exit, unsigned int vector)
{
	struct softirq_row *row = row_of(vector);

	if (!row || row->entered_ns <= resumed_ns)
		return 0;
	row->ns += bpf_ktime_get_ns() - row->entered_ns;
	row->entered_ns = 0;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
