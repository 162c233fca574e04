/** Upper bounds in seconds of the buckets in which bpf/histogram.h counts durations. */
export const DURATION_BOUNDS: readonly number[] = Array.from({ length: 22 }, (_, i) => 2 ** (i - 21));
