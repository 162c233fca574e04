/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What drop_reasons.bpf.c writes and the exporter reads. Its layout reaches TypeScript through BTF. */
#ifndef TRAPLINE_DROP_REASONS_H
#define TRAPLINE_DROP_REASONS_H

#include "rows.h"

/* Kernels know some 130 reasons. Row 0, which no drop has, takes those beyond and those of subsystems (upper 16 bits). */
#define DROP_REASONS 256

/* Packets dropped for one reason on one CPU; the rows of a CPU follow each other. */
struct drop_reason_row {
	__u64 packets;
};

#endif
