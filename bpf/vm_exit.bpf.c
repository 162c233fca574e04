// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What each VM exit costs. A vCPU thread's time is cut at kvm_entry, kvm_exit and kvm_userspace_exit, and every piece
 * goes to one state: guest, kernel, vmm, runqueue or blocked. Nothing is left between two pieces, so they add up to the
 * thread's wall time.
 */
#include "look.h"
#include "resumed.h"
#include "vm_exit.h"

/* Slots of the codes in use: see slot_of(). What has no slot is looked for in the thread's list of rows. */
#define EXIT_SLOTS 256
#define USERSPACE_SLOTS 64
#define REASON_SLOTS (EXIT_SLOTS + USERSPACE_SLOTS)
#define MAX_REASONS_SEARCHED 128

/* include/uapi/linux/kvm.h, include/uapi/asm-generic/errno-base.h */
#define KVM_EXIT_INTR 10
#define KVM_EXIT_MEMORY_FAULT 39
#define EINTR 4

DEFINE_ROWS(vcpu_rows, struct vcpu_row, MAX_VCPUS);
DEFINE_ROWS(command_rows, struct command_row, MAX_VCPUS);
DEFINE_ROWS(reason_rows, struct reason_row, MAX_REASONS);
DEFINE_FREE_RING(vcpu_ring, free_vcpus, MAX_VCPUS);
DEFINE_FREE_RING(reason_ring, free_reasons, MAX_REASONS);

DEFINE_ROWS(lost, struct lost_row, LOST_ROWS);

/* The scheduler's own counters of a thread. They stand still from one time that it is off the CPU to the next. */
struct switches {
	__u64 run_delay;
	__u64 off_cpu;
	__u64 nvcsw;
	__u32 cpu;
};

struct vcpu {
	__u32 row;
	__u32 state;
	__u32 reason;
	__u32 unused;
	/* The last moment, and what the counters were then. */
	__u64 at_ns;
	struct switches at;
	__u64 halt_ns;
	__u64 exit_ns;
	/* Row number + 1 of each reason this thread has met. */
	__u32 slots[REASON_SLOTS];
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct vcpu);
} vcpus SEC(".maps");

/* A full table is hit at every exit of the threads that found no row: each CPU counts in a cache line of its own. */
#define count_lost(cause)                                                                                          \
	do {                                                                                                       \
		__u32 cpu = bpf_get_smp_processor_id() % LOST_ROWS;                                                \
		struct lost_row *row = bpf_map_lookup_elem(&lost, &cpu);                                           \
		if (row)                                                                                           \
			__sync_fetch_and_add(&row->cause, 1);                                                      \
	} while (0)

/*
 * What happens once in the life of a thread or a reason is out of line, and the rest is not: a call costs 10 ns, and the
 * shorter the way of an event, the less of it is missing from the caches after the guest ran.
 */
#define unlikely(condition) __builtin_expect(!!(condition), 0)

static struct vcpu_row *vcpu_row(__u32 index)
{
	return bpf_map_lookup_elem(&vcpu_rows, &index);
}

static struct reason_row *reason_row(__u32 index)
{
	return bpf_map_lookup_elem(&reason_rows, &index);
}

/*
 * exec_start moves without sum_exec_runtime only while the thread is off the CPU (kernel/sched/fair.c, update_curr() and
 * set_next_entity()), so their difference is the time spent off it; no hook on sched_switch is needed.
 */
static void read_switches(struct switches *now, struct task_struct *task)
{
	now->run_delay = task->sched_info.run_delay;
	now->off_cpu = task->se.exec_start - task->se.sum_exec_runtime;
	now->nvcsw = task->nvcsw;
	now->cpu = bpf_get_smp_processor_id();
}

static void begin(struct vcpu *vcpu, struct task_struct *task, __u64 ns)
{
	vcpu->at_ns = ns;
	read_switches(&vcpu->at, task);
}

struct piece {
	__u64 on_cpu;
	__u64 runqueue;
	__u64 blocked;
};

/*
 * Take from a piece what the thread was off the CPU. One that did not give it up by itself was never blocked. One that
 * did was off it as long as off_cpu says, unless that clock cannot be trusted: it is a CPU's own (the thread moved), or
 * leaves out the time that interrupts took meanwhile (CONFIG_IRQ_TIME_ACCOUNTING). A halt then tells its length.
 */
static __noinline void take_off(struct piece *piece, struct vcpu *vcpu, struct task_struct *task)
{
	struct switches now;

	read_switches(&now, task);
	__u64 wall = piece->on_cpu;
	__u64 runqueue = now.run_delay - vcpu->at.run_delay;
	__u64 off = runqueue;

	if (now.nvcsw != vcpu->at.nvcsw) {
		bool moved = now.cpu != vcpu->at.cpu;

		if (vcpu->halt_ns && (moved || bpf_core_field_exists(struct rq, prev_irq_time)))
			off = vcpu->halt_ns;
		else
			off = moved ? wall : now.off_cpu - vcpu->at.off_cpu;
	}
	if (runqueue > wall)
		runqueue = wall;
	if (off > wall)
		off = wall;
	if (off < runqueue)
		off = runqueue;
	piece->on_cpu = wall - off;
	piece->runqueue = runqueue;
	piece->blocked = off - runqueue;
	vcpu->at = now;
}

/*
 * Cut the time since the last moment. A thread that waits for the CPU is counted in run_delay and one that sleeps in
 * nvcsw: where neither moved it was on its CPU all the time.
 */
static __always_inline void cut(struct piece *piece, struct vcpu *vcpu, struct task_struct *task, __u64 ns)
{
	piece->on_cpu = ns - vcpu->at_ns;
	piece->runqueue = 0;
	piece->blocked = 0;
	if (unlikely(task->nvcsw != vcpu->at.nvcsw || task->sched_info.run_delay != vcpu->at.run_delay))
		take_off(piece, vcpu, task);
	vcpu->halt_ns = 0;
	vcpu->at_ns = ns;
}

/* The environment lies behind the arguments and may be secret: no byte of it is read. */
static void keep_command(__u32 index, struct mm_struct *mm)
{
	struct command_row *command = bpf_map_lookup_elem(&command_rows, &index);

	if (!command)
		return;
	command->length = 0;
	if (!mm)
		return;
	__u64 length = mm->arg_end - mm->arg_start;

	if (length > sizeof(command->text))
		length = sizeof(command->text);
	/* Or clang drops the comparison below, in which verifiers see the bound. */
	barrier_var(length);
	if (length <= sizeof(command->text) &&
	    !bpf_probe_read_user(command->text, length, (void *)mm->arg_start))
		command->length = length;
}

static __noinline bool open_row(struct vcpu *vcpu, struct task_struct *task)
{
	__u32 index = take_free_vcpus();
	struct vcpu_row *row = vcpu_row(index);

	if (!row) {
		count_lost(vcpu_table_full);
		return false;
	}
	__u32 generation = __sync_lock_test_and_set(&row->generation, 0);

	__builtin_memset(row, 0, sizeof(*row));
	row->tgid = task->tgid;
	row->tid = task->pid;
	row->tgid_start_ns = task->group_leader->start_boottime;
	row->tid_start_ns = task->start_boottime;
	row->first_reason = NO_ROW;
	row->reason = NO_ROW;
	keep_command(index, task->mm);
	vcpu->row = index + 1;
	__sync_lock_test_and_set(&row->generation, generation + 1 ?: 1);
	return true;
}

/* The vCPU of the current thread; its row is made at its first event. */
static __always_inline struct vcpu *this_vcpu(struct task_struct *task)
{
	struct vcpu *vcpu = bpf_task_storage_get(&vcpus, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);

	if (!vcpu) {
		count_lost(task_storage);
		return 0;
	}
	if (unlikely(!vcpu->row) && !open_row(vcpu, task))
		return 0;
	if (vcpu->at_ns <= resumed_ns) {
		vcpu->state = STATE_UNKNOWN;
		vcpu->halt_ns = 0;
	}
	return vcpu;
}

/* The vCPU thread an event is about. */
struct here {
	struct task_struct *task;
	struct vcpu *vcpu;
	struct vcpu_row *row;
};

static __always_inline bool look_here(struct here *here)
{
	here->task = bpf_get_current_task_btf();
	here->vcpu = this_vcpu(here->task);
	here->row = here->vcpu ? vcpu_row(here->vcpu->row - 1) : 0;
	return here->row;
}

/*
 * SVM codes are sparse (arch/x86/include/uapi/asm/svm.h): 0x000-0x0a6, 0x400-0x403, 0x80000001-..., -1. A thread meets
 * one instruction set only, so the spaces share the slots.
 */
static __u32 slot_of(__u32 space, __u32 code)
{
	if (space == SPACE_USERSPACE)
		return code < USERSPACE_SLOTS ? EXIT_SLOTS + code : REASON_SLOTS;
	if (code < 0xc0 || (space != SPACE_SVM && code < EXIT_SLOTS))
		return code;
	if (space != SPACE_SVM)
		return REASON_SLOTS;
	if (code - 0x400 < 16)
		return 0xc0 + (code - 0x400);
	if (code - 0x80000000 < 32)
		return 0xd0 + (code - 0x80000000);
	return code == 0xffffffff ? 0xf0 : REASON_SLOTS;
}

static __noinline __u32 search_reason(struct vcpu_row *row, __u32 space, __u32 code)
{
	__u32 index = row->first_reason;

	for (int i = 0; i < MAX_REASONS_SEARCHED; i++) {
		struct reason_row *reason = reason_row(index);

		if (!reason || (reason->space == space && reason->code == code))
			break;
		index = reason->next;
	}
	return index;
}

static __noinline __u32 open_reason(struct vcpu *vcpu, struct vcpu_row *row, __u32 space, __u32 code)
{
	__u32 index = take_free_reasons();
	struct reason_row *reason = reason_row(index);

	if (!reason) {
		count_lost(reason_table_full);
		return NO_ROW;
	}
	__builtin_memset(reason, 0, sizeof(*reason));
	reason->space = space;
	reason->code = code;
	reason->next = row->first_reason;
	__sync_lock_test_and_set(&row->first_reason, index);
	return index;
}

static __always_inline __u32 find_reason(struct vcpu *vcpu, struct vcpu_row *row, __u32 space, __u32 code)
{
	__u32 slot = slot_of(space, code);
	__u32 index;

	/* clang drops comparisons that slot_of() implies, and the verifier of 6.12 and older then sees no bound. */
	barrier_var(slot);
	if (slot < REASON_SLOTS) {
		index = vcpu->slots[slot];
		if (index)
			return index - 1;
	} else {
		index = search_reason(row, space, code);
		if (index != NO_ROW)
			return index;
	}
	index = open_reason(vcpu, row, space, code);
	barrier_var(slot);
	if (slot < REASON_SLOTS && index != NO_ROW)
		vcpu->slots[slot] = index + 1;
	return index;
}

/* Book the time since the last moment on the exit under way. */
static __always_inline void spend(const struct here *here, __u64 ns)
{
	struct vcpu *vcpu = here->vcpu;
	struct reason_row *reason = reason_row(vcpu->reason);
	__u32 state = vcpu->state;
	struct piece piece;

	cut(&piece, vcpu, here->task, ns);
	if (!reason)
		return;
	if (state == STATE_VMM)
		reason->vmm_ns += piece.on_cpu;
	else
		reason->kernel_ns += piece.on_cpu;
	reason->runqueue_ns += piece.runqueue;
	reason->blocked_ns += piece.blocked;
	vcpu->exit_ns += piece.on_cpu + piece.runqueue;
}

static __always_inline void end_guest(const struct here *here, struct reason_row *reason, __u64 ns)
{
	struct piece piece;

	cut(&piece, here->vcpu, here->task, ns);
	here->row->guest_ns += piece.on_cpu;
	here->vcpu->exit_ns = piece.runqueue;
	if (reason) {
		reason->runqueue_ns += piece.runqueue;
		reason->blocked_ns += piece.blocked;
	}
}

static __always_inline void enter_state(const struct here *here, __u32 state, __u64 ns)
{
	here->vcpu->state = state;
	here->row->since_ns = ns;
	here->row->reason = here->vcpu->reason;
	here->row->state = state;
}

static void count_flags(struct vcpu_row *row, __u32 vmx_reason)
{
	if (vmx_reason & (1 << 26))
		row->bus_lock++;
	if (vmx_reason & (1 << 27))
		row->enclave++;
	if (vmx_reason & (1U << 31))
		row->failed_entry++;
}

static __always_inline int on_exit(__u32 isa, __u32 code)
{
	struct here here;

	if (!look_here(&here))
		return 0;
	if (isa == SPACE_VMX) {
		if (code >> 16)
			count_flags(here.row, code);
		code &= 0xffff;
	}
	__u32 index = find_reason(here.vcpu, here.row, isa, code);
	struct reason_row *reason = reason_row(index);

	if (reason)
		reason->count++;
	__u64 ns = bpf_ktime_get_ns();

	if (here.vcpu->state == STATE_GUEST) {
		end_guest(&here, reason, ns);
	} else {
		/* An exit without an entry before it: the first one seen, or a nested guest's. */
		if (here.vcpu->state != STATE_UNKNOWN)
			spend(&here, ns);
		else
			begin(here.vcpu, here.task, ns);
		here.vcpu->exit_ns = 0;
	}
	here.vcpu->reason = index;
	enter_state(&here, STATE_KERNEL, ns);
	return 0;
}

static __always_inline int on_entry(void)
{
	struct here here;

	if (!look_here(&here))
		return 0;
	__u64 ns = bpf_ktime_get_ns();

	if (here.vcpu->state == STATE_KERNEL || here.vcpu->state == STATE_VMM) {
		spend(&here, ns);
		here.row->duration_ns += here.vcpu->exit_ns;
		here.row->durations[duration_bucket(here.vcpu->exit_ns)]++;
	} else if (here.vcpu->state == STATE_GUEST) {
		end_guest(&here, reason_row(here.vcpu->reason), ns);
	} else {
		begin(here.vcpu, here.task, ns);
	}
	enter_state(&here, STATE_GUEST, ns);
	return 0;
}

static int on_userspace_exit(__u32 code)
{
	struct here here;

	if (!look_here(&here))
		return 0;
	struct reason_row *reason = reason_row(find_reason(here.vcpu, here.row, SPACE_USERSPACE, code));

	if (reason)
		reason->count++;
	if (here.vcpu->state != STATE_KERNEL)
		return 0;
	__u64 ns = bpf_ktime_get_ns();

	spend(&here, ns);
	enter_state(&here, STATE_VMM, ns);
	return 0;
}

/*
 * The reason lies where the exit path has put it already; the tracepoint's own record costs VMREADs. `pointer` and
 * `number` read what lies at an address.
 */
#define READ_REASON(vcpu, isa, pointer, number)                                                                    \
	({                                                                                                         \
		__u32 reason = 0xffff;                                                                             \
		if (isa == SPACE_SVM && bpf_core_field_exists(struct vcpu_svm, vmcb))                              \
			reason = number(pointer((void *)vcpu + bpf_core_field_offset(struct vcpu_svm, vmcb)) +     \
					bpf_core_field_offset(struct vmcb, control.exit_code));                    \
		else if (isa == SPACE_VMX && bpf_core_field_exists(struct vcpu_vmx, exit_reason))                  \
			reason = number((void *)vcpu + bpf_core_field_offset(struct vcpu_vmx, exit_reason.full));  \
		else if (isa == SPACE_VMX && bpf_core_field_exists(struct vcpu_vmx___vt, vt))                      \
			reason = number((void *)vcpu +                                                             \
					bpf_core_field_offset(struct vcpu_vmx___vt, vt.exit_reason.full));         \
		reason;                                                                                            \
	})

SEC("tp_btf/kvm_exit")
int BPF_PROG(kvm_exit, struct kvm_vcpu *vcpu, __u32 isa)
{
	/* Since 6.12 the verifier asks for the check. */
	return vcpu ? on_exit(isa, READ_REASON(vcpu, isa, look_at_pointer, look_at_number)) : 0;
}

SEC("tp_btf/kvm_exit")
int BPF_PROG(kvm_exit_fetching, struct kvm_vcpu *vcpu, __u32 isa)
{
	return vcpu ? on_exit(isa, READ_REASON(vcpu, isa, fetch_pointer, fetch_number)) : 0;
}

/* The arguments until 0a62a0319abb (5.16). */
SEC("tp_btf/kvm_exit")
int BPF_PROG(kvm_exit_with_reason, __u32 exit_reason, struct kvm_vcpu *vcpu, __u32 isa)
{
	return on_exit(isa, exit_reason);
}

SEC("tp_btf/kvm_entry")
int BPF_PROG(kvm_entry)
{
	return on_entry();
}

/*
 * A run that failed may leave the reason of the run before (virt/kvm/kvm_main.c, KVM_RUN). EINTR is a signal or
 * immediate_exit, for only some of which the kernel writes KVM_EXIT_INTR. KVM_EXIT_MEMORY_FAULT (16f95f3b95ca, 6.8) comes
 * with an error by design.
 */
SEC("tp_btf/kvm_userspace_exit")
int BPF_PROG(kvm_userspace_exit, __u32 reason, int error)
{
	if (error == -EINTR)
		reason = KVM_EXIT_INTR;
	else if (error < 0 && reason != KVM_EXIT_MEMORY_FAULT)
		reason = USERSPACE_ERROR;
	return on_userspace_exit(reason);
}

SEC("tp_btf/kvm_vcpu_wakeup")
int BPF_PROG(kvm_vcpu_wakeup, __u64 ns, bool waited)
{
	struct vcpu *vcpu = bpf_task_storage_get(&vcpus, bpf_get_current_task_btf(), 0, 0);

	if (vcpu && waited)
		vcpu->halt_ns += ns;
	return 0;
}

SEC("tp_btf/kvm_emulate_insn")
int BPF_PROG(kvm_emulate_insn)
{
	struct here here;

	if (look_here(&here))
		here.row->emulated_instructions++;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
