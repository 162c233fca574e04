// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What each CPU is at, sampled by its own clock. A sample stands for the time since the one before, so that the
 * activities of a CPU add up to its wall time; it belongs to the innermost function on the stack that is listed in
 * exporter/src/collectors/cpu_activity/activities.ts, else to what the process is.
 */
#include "cpu_activity.h"
#include "resumed.h"

#include <linux/bpf_perf_event.h>

/* include/linux/sched.h */
struct task_struct___kind {
	unsigned int flags;
} __attribute__((preserve_access_index));

/* kernel/time/tick-sched.h: up to date in every interrupt, also in one that ends an idle phase. Until 7.1. */
struct tick_sched {
	__s64 idle_sleeptime;
	__s64 iowait_sleeptime;
} __attribute__((preserve_access_index));

/* include/linux/kernel_stat.h: since 7.2 idle time without ticks is counted here, up to `idle_entrytime`. */
enum cpu_usage_stat { CPUTIME_IDLE = 5, CPUTIME_IOWAIT = 6, NR_STATS = 10 };

struct kernel_cpustat {
	bool idle_elapse;
	__u64 idle_entrytime;
	__u64 cpustat[NR_STATS];
} __attribute__((preserve_access_index));

/* One row for each CPU. */
DEFINE_ROWS(cpu_activity_rows, struct cpu_activity_row, 1);
DEFINE_CODE_RANGES(cpu_code, 8192, 14)
DEFINE_ROWS(idle_clock, struct idle_clock, 1);
DEFINE_ROWS(processes, struct cpu_activity_process, MAX_PROCESSES);

/* Room for a page fault of a guest and for a packet that is sent on from where it was received. */
#define MAX_FRAMES 40

/* include/linux/sched.h, include/linux/socket.h; USER_HZ, in which /proc tells the start of a process. */
#define PF_KTHREAD 0x00200000
#define AF_PACKET 17
#define AF_XDP 44
#define NS_PER_TICK 10000000

static bool is_kernel(__u64 ip)
{
	return (__s64)ip < 0;
}

/*
 * The clock's interrupt ends the guest before it is served, so that it meets the code around the entry, where the CPU
 * first lets interrupts in. With a function of its own above it, that code is a frame of an exit that is being handled.
 *
 * While KVM has such interrupts served, the kernel holds back the stack that they met (perf_callchain_kernel()). Then it
 * is taken from here, above our own frames.
 */
static __u32 activity_of_stack(struct bpf_perf_event_data *ctx)
{
	__u64 frames[MAX_FRAMES] = {};
	long size = bpf_get_stack(ctx, frames, sizeof(frames), 0);
	int innermost = size > 0 ? 0 : -1;

	if (innermost < 0)
		size = bpf_get_task_stack(bpf_get_current_task_btf(), frames, sizeof(frames), 0);
	for (int i = 0; i < MAX_FRAMES; i++) {
		if (i * (long)sizeof(frames[0]) >= size)
			break;
		if (innermost < 0 && frames[i] == PT_REGS_IP(&ctx->regs))
			innermost = i;
		if (innermost < 0)
			continue;
		/* Of the callers we know where they go on, which may lie behind their last instruction. */
		__u32 activity = label_of_cpu_code(i == innermost ? frames[i] : frames[i] - 1);

		if (activity == ACTIVITY_GUEST && i > innermost)
			return ACTIVITY_EXIT_HANDLING;
		if (activity != ACTIVITY_UNLISTED)
			return activity;
	}
	return ACTIVITY_UNLISTED;
}

/* Until 6.3 a vhost worker is a kernel thread that has borrowed the memory of its VMM. */
static struct task_struct *process_of(struct task_struct *task)
{
	struct task_struct___kind *kind = (void *)task;

	if ((BPF_CORE_READ(kind, flags) & PF_KTHREAD) && bpf_core_field_exists(struct mm_struct, owner))
		return BPF_CORE_READ(task, mm, owner);
	return task->group_leader;
}

static struct cpu_activity_process *known_process(struct task_struct *task)
{
	struct task_struct *leader = process_of(task);
	__u32 tgid = BPF_CORE_READ(leader, tgid);
	__u64 start_ticks = BPF_CORE_READ(leader, start_boottime) / NS_PER_TICK;

	for (__u32 probe = 0; probe < PROCESS_PROBES; probe++) {
		__u32 index = (tgid + probe) % MAX_PROCESSES;
		struct cpu_activity_process *process = bpf_map_lookup_elem(&processes, &index);

		if (process && process->kind && process->tgid == tgid && process->start_ticks == start_ticks)
			return process;
	}
	return 0;
}

/* Where a VM's share of an activity is kept, if it is one that VMs have a share in. */
static __u64 *share_of(struct cpu_activity_process *vmm, __u32 activity)
{
	if (activity == ACTIVITY_GUEST)
		return &vmm->guest_ns;
	if (activity == ACTIVITY_EXIT_HANDLING)
		return &vmm->exit_handling_ns;
	return activity == ACTIVITY_VMM ? &vmm->vmm_ns : 0;
}

static void book(struct cpu_activity_row *row, struct bpf_perf_event_data *ctx, __u64 ns)
{
	struct task_struct *task = bpf_get_current_task_btf();
	__u32 activity = is_kernel(PT_REGS_IP(&ctx->regs)) ? activity_of_stack(ctx) : ACTIVITY_UNLISTED;

	if (activity == ACTIVITY_UNLISTED && task->pid == 0)
		activity = ACTIVITY_IDLE;
	struct cpu_activity_process *process = activity == ACTIVITY_IDLE ? 0 : known_process(task);

	if (activity == ACTIVITY_UNLISTED)
		activity = process ? process->kind : ACTIVITY_OTHER;
	__u64 *share = process && process->kind == ACTIVITY_VMM ? share_of(process, activity) : 0;

	if (share)
		__sync_fetch_and_add(share, ns);
	else
		row->spent_ns[activity % ACTIVITY_SLOTS] += ns;
}

/*
 * A CPU that sleeps deeply may not be sampled at all (measured on 6.18 in a virtual machine, on one of its two CPUs). So of
 * a gap longer than a period, what the CPU was idle meanwhile is idle time, and the sample stands for the rest.
 */
static void on_sample(struct bpf_perf_event_data *ctx, struct cpu_activity_row *row, __u64 idle)
{
	__u64 now = bpf_ktime_get_ns();
	__u64 gap = now - row->sampled_ns;
	__u64 missed = gap > ctx->sample_period ? gap - ctx->sample_period : 0;
	bool first = row->sampled_ns <= resumed_ns;

	row->sampled_ns = now;
	if (first)
		return;
	if (idle > missed)
		idle = missed;
	row->spent_ns[ACTIVITY_IDLE] += idle;
	book(row, ctx, gap - idle);
}

static struct cpu_activity_row *this_row(void)
{
	__u32 cpu = bpf_get_smp_processor_id();

	return bpf_map_lookup_elem(&cpu_activity_rows, &cpu);
}

/*
 * A variable of this CPU; 0 where it is not known. Addresses are looked up by the loader and not by BTF, which need not
 * tell of per-CPU variables (that of Debian 11's 6.1 does not).
 */
static void *of_this_cpu(__u64 variable, __u64 per_cpu_offset)
{
	__u64 offset = 0;

	if (!variable || bpf_probe_read_kernel(&offset, sizeof(offset),
					       (__u64 *)per_cpu_offset + bpf_get_smp_processor_id()))
		return 0;
	return (void *)(variable + offset);
}

static __u64 idle_since_7_2(struct kernel_cpustat *stat)
{
	__u64 counted = BPF_CORE_READ(stat, cpustat[CPUTIME_IDLE]) + BPF_CORE_READ(stat, cpustat[CPUTIME_IOWAIT]);

	return BPF_CORE_READ(stat, idle_elapse) ? counted + bpf_ktime_get_ns() - BPF_CORE_READ(stat, idle_entrytime) :
						  counted;
}

/* How long this CPU was idle so far. */
static bool read_idle(__u64 *idle_ns)
{
	__u32 zero = 0;
	struct idle_clock *clock = bpf_map_lookup_elem(&idle_clock, &zero);

	if (!clock)
		return false;
	if (bpf_core_field_exists(struct kernel_cpustat, idle_elapse)) {
		struct kernel_cpustat *stat = of_this_cpu(clock->kernel_cpustat, clock->per_cpu_offset);

		*idle_ns = stat ? idle_since_7_2(stat) : 0;
		return stat;
	}
	if (!bpf_core_field_exists(struct tick_sched, iowait_sleeptime))
		return false;
	struct tick_sched *tick = of_this_cpu(clock->tick_cpu_sched, clock->per_cpu_offset);

	*idle_ns = tick ? BPF_CORE_READ(tick, idle_sleeptime) + BPF_CORE_READ(tick, iowait_sleeptime) : 0;
	return tick;
}

/* Without CONFIG_KALLSYMS_ALL it is not known how long the CPU was idle: all that was not sampled is then. */
SEC("perf_event")
int cpu_activity(struct bpf_perf_event_data *ctx)
{
	struct cpu_activity_row *row = this_row();

	if (!row)
		return 0;
	__u64 before = row->idle_ns;

	on_sample(ctx, row, read_idle(&row->idle_ns) ? row->idle_ns - before : ~0ULL);
	return 0;
}

/* A packet socket without a protocol only sends. */
static bool captures(struct sock *sk)
{
	__u32 family = BPF_CORE_READ(sk, __sk_common.skc_family);

	if (family != AF_PACKET)
		return family == AF_XDP;
	struct packet_sock *packet = (void *)sk;

	return !bpf_core_field_exists(packet->num) || BPF_CORE_READ(packet, num);
}

SEC("iter/task_file")
int capture_processes(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct capture_process found = {};

	if (!task || !file)
		return 0;
	struct socket *socket = bpf_sock_from_file(file);

	if (!socket || !captures(socket->sk))
		return 0;
	found.tgid = task->tgid;
	found.start_ns = BPF_CORE_READ(task, group_leader, start_boottime);
	bpf_seq_write(ctx->meta->seq, &found, sizeof(found));
	return 0;
}

/* Keeps the layout in BTF. */
const volatile struct capture_process capture_process_layout;

char LICENSE[] SEC("license") = "Dual BSD/GPL";
