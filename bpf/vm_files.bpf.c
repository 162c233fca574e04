// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Which processes run a KVM VM or hold a vhost or vfio device: the files that /proc/<pid>/fd would show, read without the
 * right to trace those processes. An iterator made by root can be read by the unprivileged exporter.
 */
#include "kernel.h"
#include "vm_files.h"

/* Documentation/admin-guide/devices.txt: misc device 10:238. */
#define VHOST_NET_DEVICE (10 << 20 | 238)

#define MAX_NAME 16

static bool is_called(struct dentry *dentry, const char *wanted)
{
	char name[MAX_NAME] = {};

	bpf_probe_read_kernel_str(name, sizeof(name), dentry->d_name.name);
	for (unsigned int i = 0; i < MAX_NAME; i++) {
		if (name[i] != wanted[i])
			return false;
		if (!name[i])
			return true;
	}
	return false;
}

/*
 * KVM_CREATE_VM returns an anonymous inode's file of this name (virt/kvm/kvm_main.c). KVM serves nobody but the process whose
 * memory is the guest's: a child that inherits the file cannot run the VM.
 */
static bool runs_kvm_vm(struct file *file, struct task_struct *task)
{
	struct kvm *kvm = file->private_data;

	if (!is_called(file->f_path.dentry, "kvm-vm"))
		return false;
	return !bpf_core_field_exists(kvm->mm) || BPF_CORE_READ(kvm, mm) == task->mm;
}

/* /dev/vfio/<group> or, with iommufd, /dev/vfio/devices/vfio<N>: their major number is the kernel's choice. */
static bool is_vfio(struct file *file)
{
	struct dentry *directory = file->f_path.dentry->d_parent;

	return is_called(directory, "vfio") ||
	       (is_called(directory, "devices") && is_called(directory->d_parent, "vfio"));
}

static __u32 kind_of(struct file *file, struct task_struct *task)
{
	__u32 device = file->f_inode->i_rdev;

	if (device == VHOST_NET_DEVICE)
		return FILE_VHOST_NET;
	if (device)
		return is_vfio(file) ? FILE_VFIO : 0;
	return runs_kvm_vm(file, task) ? FILE_KVM_VM : 0;
}

SEC("iter/task_file")
int vm_files(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct vm_file found = {};

	if (!task || !file)
		return 0;
	found.kind = kind_of(file, task);
	if (!found.kind)
		return 0;
	if (found.kind == FILE_VFIO)
		bpf_probe_read_kernel_str(found.device, sizeof(found.device), file->f_path.dentry->d_name.name);
	found.tgid = task->tgid;
	found.start_ns = task->group_leader->start_boottime;
	bpf_seq_write(ctx->meta->seq, &found, sizeof(found));
	return 0;
}

/* Keeps the layout in BTF. */
const volatile struct vm_file vm_file_layout;

char LICENSE[] SEC("license") = "Dual BSD/GPL";
