import { EXIT, Failure } from './failure.js';
import {
  hasCapabilities,
  hasKernelBtf,
  inInitialPidNamespace,
  inInitialUserNamespace,
  libbpf,
  LibbpfMissing,
  seesOtherProcesses,
} from './kernel/index.js';

/** One condition for counting in the kernel. */
export interface Requirement {
  name: string;
  /** Undefined when it is met. */
  check: () => Failure | undefined;
}

/** What eBPF collectors cannot do without, in the order in which a user would mend it. */
export const requirements: readonly Requirement[] = [
  {
    name: 'privileges to load eBPF programs',
    check: () =>
      hasCapabilities(['CAP_BPF', 'CAP_PERFMON', 'CAP_SYS_ADMIN'])
        ? undefined
        : new Failure(
            'Trapline may not load eBPF programs.',
            'Run it as root, or with CAP_BPF, CAP_PERFMON, CAP_SYS_ADMIN and CAP_SYSLOG; or switch every collector with programs off (--no-collector.<name>).',
            EXIT.privileges,
          ),
  },
  {
    name: 'the initial user namespace',
    check: () =>
      inInitialUserNamespace()
        ? undefined
        : new Failure(
            'Trapline runs in a user namespace of its own, whose capabilities do not allow eBPF programs.',
            'Run it, or its container, as root of the host: not rootless, not unprivileged.',
            EXIT.privileges,
          ),
  },
  {
    name: 'libbpf.so.1',
    check: () => {
      try {
        libbpf();
        return undefined;
      } catch (error) {
        if (!(error instanceof LibbpfMissing)) throw error;
        return new Failure(error.message, 'On Debian and Ubuntu: apt install libbpf1.', EXIT.libbpf);
      }
    },
  },
  {
    name: 'kernel type information (/sys/kernel/btf/vmlinux)',
    check: () =>
      hasKernelBtf()
        ? undefined
        : new Failure(
            'This kernel has no type information (/sys/kernel/btf/vmlinux).',
            'Boot a kernel built with CONFIG_DEBUG_INFO_BTF=y, as those of the large distributions are.',
            EXIT.kernel,
          ),
  },
  {
    name: 'the initial pid namespace',
    check: () =>
      inInitialPidNamespace()
        ? undefined
        : new Failure(
            'Trapline runs in a pid namespace of its own and cannot tell which VMs are alive.',
            'Run the container with the pid namespace of the host (pid: host).',
            EXIT.kernel,
          ),
  },
];

/** Throws the first failure. */
export function demandRequirements(): void {
  for (const { check } of requirements) {
    const failure = check();
    if (failure) throw failure;
  }
}

/** To be asked with the rights the server keeps: threads that cannot be seen would be taken for dead. */
export function demandVisibleProcesses(user: string): void {
  if (seesOtherProcesses()) return;
  throw new Failure(
    `The user ${user} cannot see other users' processes (/proc is mounted with hidepid).`,
    'Choose a user that can with --user, for example one in the group that the mount option gid= names.',
    EXIT.privileges,
  );
}
