// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * How often a driver of this machine, which then is a guest, had something for its host and was asked not to say so. A
 * driver asks once for each batch that it hands over, so this can run as often as the guest sends.
 */
#include "suppressed_kicks.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

/* include/linux/virtio.h */
struct virtio_device {
	int index;
};

struct virtqueue {
	struct virtio_device *vdev;
	unsigned int index;
};

#pragma clang attribute pop

DEFINE_ROWS(suppressed_kicks, struct suppressed_kicks_row, MAX_QUEUES);

/*
 * A driver lets nobody else use a queue meanwhile, so that a number has one writer. The result is a bool, of which the
 * kernel sets the lowest byte only.
 */
SEC("fexit/virtqueue_kick_prepare")
int BPF_PROG(virtqueue_kick_prepare, struct virtqueue *queue, __u8 wanted)
{
	if (wanted)
		return 0;
	__u32 device = queue->vdev->index;
	__u32 number = queue->index;
	struct suppressed_kicks_row *row = bpf_map_lookup_elem(&suppressed_kicks, &number);

	if (row && device < MAX_VIRTIO_DEVICES)
		row->of_device[device]++;
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
