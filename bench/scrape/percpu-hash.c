// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The usual shape of an eBPF exporter, at its best: per-CPU hash maps with composite keys, log2 buckets as keys of their own,
 * read key by key by system calls, as ebpf_exporter does; but in C, and without decoding labels.
 *
 *     percpu-hash 100 5
 *
 * fills the maps for 100 VMs, writes them 5 times as text into memory, and prints what each time took as JSON.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#define REASONS 12
#define SUMS 5
#define BUCKETS 23
#define MAX_CPUS 1024

/* `what` is one of the sums of a reason, or a bucket. */
struct key {
	__u32 vm, reason, what;
};

static const char *const states[SUMS] = { "", "kernel", "vmm", "runqueue", "blocked" };
static char text[64 << 20];
static __u64 values[MAX_CPUS];
static int cpus;

static int make_map(int entries)
{
	int map = bpf_map_create(BPF_MAP_TYPE_PERCPU_HASH, "bench", sizeof(struct key), sizeof(__u64), entries, NULL);

	if (map < 0) {
		perror("bpf_map_create");
		exit(1);
	}
	return map;
}

static void fill(int map, int vms, int reasons, int whats)
{
	for (struct key key = { 0 }; key.vm < (__u32)vms; key.vm++)
		for (key.reason = 0; key.reason < (__u32)reasons; key.reason++)
			for (key.what = 0; key.what < (__u32)whats; key.what++) {
				for (int cpu = 0; cpu < cpus; cpu++)
					values[cpu] = (key.vm * 7919ULL + key.what + 1) * 104729 % 2147483647;
				bpf_map_update_elem(map, &key, values, BPF_ANY);
			}
}

static __u64 read_key(int map, const struct key *key)
{
	__u64 sum = 0;

	bpf_map_lookup_elem(map, key, values);
	for (int cpu = 0; cpu < cpus; cpu++)
		sum += values[cpu];
	return sum;
}

static char *write_sum(char *at, const struct key *key, __u64 sum)
{
	if (key->what == 0)
		return at + sprintf(at, "vm_exits_total{vm=\"appliance-%u\",class=\"class_%u\",reason=\"exit_reason_%u\"} %llu\n",
				    key->vm, key->reason, key->reason, sum);
	return at + sprintf(at,
			    "vm_exit_seconds_total{vm=\"appliance-%u\",class=\"class_%u\",reason=\"exit_reason_%u\",state=\"%s\"} %.9f\n",
			    key->vm, key->reason, key->reason, states[key->what], sum / 1e9);
}

static char *write_histograms(char *at, const __u64 *buckets, int vms)
{
	for (int vm = 0; vm < vms; vm++) {
		__u64 count = 0;

		for (int i = 0; i < BUCKETS; i++) {
			count += buckets[vm * BUCKETS + i];
			at += sprintf(at, "vm_exit_duration_seconds_bucket{le=\"%g\",vm=\"appliance-%d\"} %llu\n",
				      1.0 / (1 << (BUCKETS - 1 - i)), vm, count);
		}
		at += sprintf(at, "vm_exit_duration_seconds_sum{vm=\"appliance-%d\"} %llu\n", vm, count);
		at += sprintf(at, "vm_exit_duration_seconds_count{vm=\"appliance-%d\"} %llu\n", vm, count);
	}
	return at;
}

static long scrape(int sums, int histogram, int vms, __u64 *buckets)
{
	struct key key, *previous = NULL;
	char *at = text;

	for (; !bpf_map_get_next_key(sums, previous, &key); previous = &key)
		at = write_sum(at, &key, read_key(sums, &key));
	for (previous = NULL; !bpf_map_get_next_key(histogram, previous, &key); previous = &key)
		buckets[key.vm * BUCKETS + key.what] = read_key(histogram, &key);
	return write_histograms(at, buckets, vms) - text;
}

static double milliseconds(const struct timeval *time)
{
	return time->tv_sec * 1e3 + time->tv_usec / 1e3;
}

int main(int argc, char **argv)
{
	int vms = argc == 3 ? atoi(argv[1]) : 0, rounds = argc == 3 ? atoi(argv[2]) : 0;

	if (vms < 1 || rounds < 1) {
		fprintf(stderr, "usage: %s VMS ROUNDS\n", argv[0]);
		return 2;
	}
	cpus = libbpf_num_possible_cpus();
	int sums = make_map(vms * REASONS * SUMS), histogram = make_map(vms * BUCKETS);
	__u64 *buckets = calloc(vms * BUCKETS, sizeof(*buckets));

	fill(sums, vms, REASONS, SUMS);
	fill(histogram, vms, 1, BUCKETS);
	for (int round = -1; round < rounds; round++) {
		struct rusage before, after;
		struct timespec from, to;

		getrusage(RUSAGE_SELF, &before);
		clock_gettime(CLOCK_MONOTONIC, &from);
		long bytes = scrape(sums, histogram, vms, buckets);

		clock_gettime(CLOCK_MONOTONIC, &to);
		getrusage(RUSAGE_SELF, &after);
		if (round < 0)
			continue;
		double wall = (to.tv_sec - from.tv_sec) * 1e3 + (to.tv_nsec - from.tv_nsec) / 1e6;

		printf("%c{\"cpu\":%f,\"wall\":%f,\"block\":%f,\"bytes\":%ld,\"rss\":%f}\n", round ? ',' : '[',
		       milliseconds(&after.ru_utime) + milliseconds(&after.ru_stime) - milliseconds(&before.ru_utime) -
			       milliseconds(&before.ru_stime),
		       wall, wall, bytes, after.ru_maxrss / 1024.0);
	}
	puts("]");
	return 0;
}
