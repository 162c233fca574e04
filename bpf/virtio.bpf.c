// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Doorbells a guest rings and interrupts it is given. There is no tracepoint that tells either from its neighbours, so
 * these are hooks on functions: each one runs once per kick, injection or exit to the VMM, never per packet.
 *
 * Interrupts are injected by whoever signals an eventfd (a vhost worker, a softirq), so the VM is known by its struct
 * kvm and not by the thread. Its row has several writers: counters are added to atomically.
 */
#include "kernel.h"
#include "rows.h"
#include "virtio.h"

/* include/uapi/linux/kvm.h */
#define KVM_EXIT_IO 2
#define KVM_EXIT_MMIO 6
#define KVM_EXIT_IO_OUT 1

DEFINE_ROWS(virtio_rows, struct virtio_row, MAX_VMS);
DEFINE_FREE_RING(virtio_vm_ring, free_virtio_rows, MAX_VMS);
DEFINE_ROWS(virtio_lost, struct virtio_lost_row, 1);

/* The row number of a VM, by the address of its struct kvm. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_VMS);
	__type(key, struct kvm *);
	__type(value, __u32);
} vms SEC(".maps");

#define count_lost(cause)                                                                                          \
	do {                                                                                                       \
		__u32 zero = 0;                                                                                    \
		struct virtio_lost_row *row = bpf_map_lookup_elem(&virtio_lost, &zero);                            \
		if (row)                                                                                           \
			__sync_fetch_and_add(&row->cause, 1);                                                      \
	} while (0)

#define count(kvm, counter)                                                                                        \
	do {                                                                                                       \
		struct virtio_row *row = row_of(kvm);                                                              \
		if (row)                                                                                           \
			__sync_fetch_and_add(&row->counter, 1);                                                    \
	} while (0)

/* The process a VM belongs to. Without CONFIG_MEMCG only its own threads tell. */
static struct task_struct *owner_of(struct kvm *kvm)
{
	struct mm_struct *mm = BPF_CORE_READ(kvm, mm);
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	if (bpf_core_field_exists(mm->owner))
		return BPF_CORE_READ(mm, owner, group_leader);
	return BPF_CORE_READ(task, mm) == mm ? BPF_CORE_READ(task, group_leader) : 0;
}

static void fill(struct virtio_row *row, struct task_struct *owner)
{
	__u32 generation = __sync_lock_test_and_set(&row->generation, 0);

	__builtin_memset(row, 0, sizeof(*row));
	row->tgid = BPF_CORE_READ(owner, tgid);
	row->tgid_start_ns = BPF_CORE_READ(owner, start_boottime);
	__sync_lock_test_and_set(&row->generation, generation + 1 ?: 1);
}

static struct virtio_row *known_row(struct kvm *kvm)
{
	__u32 *index = bpf_map_lookup_elem(&vms, &kvm);

	return index ? bpf_map_lookup_elem(&virtio_rows, index) : 0;
}

static struct virtio_row *open_row(struct kvm *kvm)
{
	struct task_struct *owner = owner_of(kvm);

	if (!owner) {
		count_lost(owner_unknown);
		return 0;
	}
	__u32 index = take_free_virtio_rows();
	struct virtio_row *row = bpf_map_lookup_elem(&virtio_rows, &index);

	if (!row) {
		count_lost(vm_table_full);
		return 0;
	}
	fill(row, owner);
	if (!bpf_map_update_elem(&vms, &kvm, &index, BPF_NOEXIST))
		return row;
	/* Another CPU was first: this row goes back unused. */
	row->ended = 1;
	return known_row(kvm);
}

static struct virtio_row *row_of(struct kvm *kvm)
{
	return known_row(kvm) ?: open_row(kvm);
}

/* The address of a struct kvm is used again: its row ends with it. Nothing kicks or injects any more at this point. */
SEC("fentry/kvm_arch_destroy_vm")
int BPF_PROG(kvm_arch_destroy_vm, struct kvm *kvm)
{
	struct virtio_row *row = known_row(kvm);

	if (row)
		row->ended = 1;
	bpf_map_delete_elem(&vms, &kvm);
	return 0;
}

/* It is also asked about writes that are not its own, and then refuses them. */
SEC("fexit/ioeventfd_write")
int BPF_PROG(ioeventfd_write, struct kvm_vcpu *vcpu, void *this, __u64 address, int length, const void *value, int ret)
{
	if (!ret)
		count(vcpu->kvm, kicks_ioeventfd);
	return 0;
}

/* A doorbell is one write of 2 bytes, or of 4 on virtio-mmio and with VIRTIO_F_NOTIFICATION_DATA. */
static bool may_be_doorbell(struct kvm_run *run)
{
	__u32 size = 0;

	if (run->exit_reason == KVM_EXIT_MMIO && run->mmio.is_write)
		size = run->mmio.len;
	if (run->exit_reason == KVM_EXIT_IO && run->io.direction == KVM_EXIT_IO_OUT && run->io.count == 1)
		size = run->io.size;
	return size == 2 || size == 4;
}

SEC("fexit/kvm_arch_vcpu_ioctl_run")
int BPF_PROG(kvm_arch_vcpu_ioctl_run, struct kvm_vcpu *vcpu, int ret)
{
	if (!ret && may_be_doorbell(vcpu->run))
		count(vcpu->kvm, kicks_vmm);
	return 0;
}

/* Called by irqfd_wakeup() only, which hands over to irqfd_inject() where this would have to sleep (-EWOULDBLOCK). */
SEC("fexit/kvm_arch_set_irq_inatomic")
int BPF_PROG(kvm_arch_set_irq_inatomic, void *entry, struct kvm *kvm, int source, int level, bool line_status, int ret)
{
	if (ret >= 0)
		count(kvm, injections_fast);
	return 0;
}

SEC("fentry/irqfd_inject")
int BPF_PROG(irqfd_inject, struct work_struct *work)
{
	struct kvm_kernel_irqfd *irqfd =
		(void *)work - bpf_core_field_offset(struct kvm_kernel_irqfd, inject);

	count(BPF_CORE_READ(irqfd, kvm), injections_deferred);
	return 0;
}

SEC("fexit/kvm_send_userspace_msi")
int BPF_PROG(kvm_send_userspace_msi, struct kvm *kvm, void *msi, int ret)
{
	if (ret >= 0)
		count(kvm, injections_vmm);
	return 0;
}

/* Only raising a line interrupts. */
SEC("fexit/kvm_vm_ioctl_irq_line")
int BPF_PROG(kvm_vm_ioctl_irq_line, struct kvm *kvm, struct kvm_irq_level *line, bool line_status, int ret)
{
	if (!ret && line->level)
		count(kvm, injections_vmm);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
