/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Reading what lies at an address inside a structure of a module, into which the verifier lets no program look. But it lets
 * it look at any address as at a structure of the kernel's own (bpf_rdonly_cast(), since a35b9af4ec2c, 6.2): two that
 * hold nothing but a pointer, or a number, serve. To look is one load; to fetch is to call a helper, which takes as long
 * as reading the clock.
 */
#ifndef TRAPLINE_LOOK_H
#define TRAPLINE_LOOK_H

#include "kernel.h"

extern void *bpf_rdonly_cast(void *object, __u32 type) __ksym __weak;

#define look_at(type, address) ((type *)bpf_rdonly_cast(address, bpf_core_type_id_kernel(type)))
#define look_at_pointer(address) ((void *)look_at(struct hlist_head, address)->first)
#define look_at_number(address) look_at(struct refcount_struct, address)->refs.counter

static void *fetch_pointer(const void *address)
{
	void *pointer = 0;

	bpf_probe_read_kernel(&pointer, sizeof(pointer), address);
	return pointer;
}

static __u32 fetch_number(const void *address)
{
	__u32 number = 0;

	bpf_probe_read_kernel(&number, sizeof(number), address);
	return number;
}

#endif
