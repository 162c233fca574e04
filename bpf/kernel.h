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
	struct sched_entity se;
	struct sched_info sched_info;
};

/* kernel/sched/sched.h: the field is there only with CONFIG_IRQ_TIME_ACCOUNTING. */
struct rq {
	__u64 prev_irq_time;
};

/* include/linux/kvm_host.h */
struct kvm_vcpu {
	int vcpu_id;
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

/* drivers/net/tun.c, include/linux/netdevice.h */
struct net_device {
	char name[16];
};

struct tun_struct {
	struct net_device *dev;
};

struct tun_file {
	struct tun_struct *tun;
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

#pragma clang attribute pop

#endif
