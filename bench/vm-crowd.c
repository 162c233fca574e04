// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Processes that look like the VMMs of idle VMs: their names, their vCPU threads, and a VM each where /dev/kvm is there.
 *
 *     vm-crowd 100 8
 *
 * writes "ready" when all stand, and ends them with itself when stdin ends.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/kvm.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <unistd.h>

#define STACK (64 * 1024)

static long must(const char *what, long result)
{
	if (result < 0) {
		perror(what);
		exit(1);
	}
	return result;
}

static void *wait_for_ever(void *unused)
{
	for (;;)
		pause();
	return unused;
}

/* `written` tells the parent that the threads are there. */
static void be_vmm(int threads, int written)
{
	pthread_attr_t small;
	pthread_t thread;
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (kvm >= 0)
		ioctl(kvm, KVM_CREATE_VM, 0);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, STACK);
	for (int i = 0; i < threads; i++)
		must("pthread_create", -pthread_create(&thread, &small, wait_for_ever, NULL));
	must("write", write(written, "", 1));
	wait_for_ever(NULL);
}

static void start_vmm(const char *self, int number, const char *threads, int written)
{
	char name[64], descriptor[16];

	if (must("fork", fork()))
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(name, sizeof(name), "guest=appliance-%d", number);
	snprintf(descriptor, sizeof(descriptor), "%d", written);
	execl(self, "qemu-system-x86_64", "-name", name, "-threads", threads, descriptor, NULL);
	must("exec", -1);
}

int main(int argc, char **argv)
{
	char byte;
	int ready[2];

	if (argc == 6 && !strcmp(argv[3], "-threads")) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		be_vmm(atoi(argv[4]), atoi(argv[5]));
	}
	if (argc != 3) {
		fprintf(stderr, "usage: %s VMS THREADS\n", argv[0]);
		return 2;
	}
	must("pipe", pipe(ready));
	for (int i = 0; i < atoi(argv[1]); i++)
		start_vmm("/proc/self/exe", i, argv[2], ready[1]);
	close(ready[1]);
	for (int i = 0; i < atoi(argv[1]); i++)
		must("read", read(ready[0], &byte, 1) - 1);
	puts("ready");
	fflush(stdout);
	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
	return 0;
}
