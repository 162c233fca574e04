/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* One open file that makes a process part of a virtual machine. */
#ifndef TRAPLINE_VM_FILES_H
#define TRAPLINE_VM_FILES_H

#include <linux/types.h>

enum vm_file_kind {
	FILE_KVM_VM = 1,
	FILE_VHOST_NET = 2,
	FILE_VFIO = 3,
};

struct vm_file {
	__u32 tgid;
	enum vm_file_kind kind;
	/* Of the process, since boot: tells it from another one under its id. */
	__u64 start_ns;
	/* The file's name under /dev/vfio, ended by a NUL. */
	char device[16];
};

#endif
