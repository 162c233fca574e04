/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
#ifndef TRAPLINE_RESUMED_H
#define TRAPLINE_RESUMED_H

#include "kernel.h"

/*
 * When the programs were put back after they had been taken off, 0 if they never were (exporter/src/cost). A time stamp
 * that is not later is of something that ended unseen. A section of its own, where the loader finds it; to the verifier it
 * is a constant.
 */
const volatile __u64 resumed_ns SEC(".rodata.resumed") = 0;

#endif
