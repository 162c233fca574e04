// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Guests that live for a moment, under process ids that come again and again.
 *
 *     clang -O2 -static lab/guests/brief-guests.c -o brief-guests
 *     printf '3 web\n5 mail\n' | brief-guests
 *
 * Each line of stdin asks for a guest: how often it writes a port, and its name. It then halts, and its process ends.
 * Each becomes a line of stdout: process id, port writes and halts as its VMM has seen them. Four live at a time, in
 * eight process ids, so this needs CAP_SYS_ADMIN.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define QEMU "qemu-system-x86_64"
#define PIDS 8
#define AT_A_TIME 4
/* USER_HZ: two starts of one process id within a tick are one process to all who read /proc. */
#define TICK_NS 10000000

#define PAGE 4096
#define TSS_ADDRESS 0xfffbd000

/* jecxz halt; next: out dx, al; loop next, by ecx; halt: hlt */
static const unsigned char port_writing_loop[] = { 0x67, 0xe3, 0x04, 0xee, 0x67, 0xe2, 0xfc, 0xf4 };

static long must(const char *what, long result)
{
	if (result < 0) {
		perror(what);
		exit(1);
	}
	return result;
}

static void *map(size_t length, int flags, int fd)
{
	void *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, flags, fd, 0);

	must("mmap", memory == MAP_FAILED ? -1 : 0);
	return memory;
}

/* A vCPU in real mode before a loop of so many port writes. */
static int make_vcpu(int vm, unsigned int writes)
{
	void *memory = map(PAGE, MAP_SHARED | MAP_ANONYMOUS, -1);
	struct kvm_userspace_memory_region region = {
		.guest_phys_addr = PAGE, .memory_size = PAGE, .userspace_addr = (unsigned long)memory };
	struct kvm_regs regs = { .rcx = writes, .rdx = 0x10, .rip = PAGE, .rflags = 2 };
	struct kvm_sregs sregs;

	memcpy(memory, port_writing_loop, sizeof(port_writing_loop));
	must("KVM_SET_TSS_ADDR", ioctl(vm, KVM_SET_TSS_ADDR, TSS_ADDRESS));
	must("KVM_SET_USER_MEMORY_REGION", ioctl(vm, KVM_SET_USER_MEMORY_REGION, &region));
	int vcpu = must("KVM_CREATE_VCPU", ioctl(vm, KVM_CREATE_VCPU, 0));

	must("KVM_GET_SREGS", ioctl(vcpu, KVM_GET_SREGS, &sregs));
	sregs.cs.base = sregs.cs.selector = 0;
	must("KVM_SET_SREGS", ioctl(vcpu, KVM_SET_SREGS, &sregs));
	must("KVM_SET_REGS", ioctl(vcpu, KVM_SET_REGS, &regs));
	return vcpu;
}

static int be_guest(unsigned int writes)
{
	int kvm = must("/dev/kvm", open("/dev/kvm", O_RDWR | O_CLOEXEC));
	int vcpu = make_vcpu(must("KVM_CREATE_VM", ioctl(kvm, KVM_CREATE_VM, 0)), writes);
	size_t size = must("KVM_GET_VCPU_MMAP_SIZE", ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0));
	struct kvm_run *run = map(size, MAP_SHARED, vcpu);
	unsigned int port_writes = 0, halts = 0;
	char line[64];

	while (!halts) {
		if (ioctl(vcpu, KVM_RUN, 0) < 0 && errno != EINTR)
			must("KVM_RUN", -1);
		else if (run->exit_reason == KVM_EXIT_IO)
			port_writes++;
		else if (run->exit_reason == KVM_EXIT_HLT)
			halts++;
		else
			return 1;
	}
	int length = snprintf(line, sizeof(line), "%d %u %u\n", getpid(), port_writes, halts);

	/* At once: other guests write the same pipe. */
	return write(STDOUT_FILENO, line, length) == length ? 0 : 1;
}

static void become_guest(char *writes, const char *name)
{
	char *guest;

	must("asprintf", asprintf(&guest, "guest=%s", name));
	execv("/proc/self/exe", (char *[]){ QEMU, "-name", guest, "-writes", writes, NULL });
	must("execv", -1);
}

static long ticks(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (now.tv_sec * 1000000000 + now.tv_nsec) / TICK_NS;
}

/* A child under the first of the eight ids that is free and was not given in this tick. Like fork(). */
static pid_t fork_recycled(void)
{
	static long given[PIDS];
	static int turn;

	for (;; turn++) {
		pid_t pid = 31000 + turn % PIDS;
		struct clone_args args = {
			.exit_signal = SIGCHLD, .set_tid = (unsigned long)&pid, .set_tid_size = 1 };

		if (given[turn % PIDS] == ticks()) {
			usleep(1000);
			continue;
		}
		long child = syscall(SYS_clone3, &args, sizeof(args));

		if (child > 0)
			given[turn++ % PIDS] = ticks();
		if (child >= 0 || errno != EEXIST)
			return must("clone3", child);
	}
}

static void wait_for_one(void)
{
	int status;

	must("wait", wait(&status));
	if (status != 0) {
		fprintf(stderr, "a guest failed\n");
		exit(1);
	}
}

int main(int argc, char **argv)
{
	char *line = NULL;
	size_t size = 0;
	int living = 0;

	if (strcmp(argv[0], QEMU) == 0)
		return be_guest(strtoul(argv[argc - 1], NULL, 10));
	while (getline(&line, &size, stdin) > 0) {
		char *writes = strtok(line, " "), *name = strtok(NULL, "\n");

		if (living == AT_A_TIME)
			wait_for_one();
		else
			living++;
		if (fork_recycled() == 0)
			become_guest(writes, name);
	}
	while (living-- > 0)
		wait_for_one();
	return 0;
}
