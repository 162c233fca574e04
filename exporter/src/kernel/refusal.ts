import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { hasCapabilities } from './probe.js';

/** Why the kernel did not take a program, in one line that names the remedy where there is one. */
export class Refusal extends Error {
  /** How much the reason tells beside that of another function for the same hook. */
  constructor(
    message: string,
    readonly tells: 'all' | 'other arguments' | 'no hook' = 'all',
  ) {
    super(message);
  }
}

/** From what tells most of the kernel to what tells least. */
const BY_WORTH: readonly Refusal['tells'][] = ['all', 'other arguments', 'no hook'];

/**
 * Of the refusals of the functions that serve one hook on different kernels, the one to show: each kernel refuses those of
 * others for their arguments, which is no reason.
 */
export function mostTelling(refusals: readonly Refusal[]): Refusal {
  const worth = ({ tells }: Refusal): number => BY_WORTH.indexOf(tells);
  return refusals.reduce((most, each) => (worth(each) < worth(most) ? each : most));
}

/** What verifiers say to a function that expects other arguments of the hook than it has (kernel/bpf/btf.c, btf_ctx_access()). */
const OTHER_ARGUMENTS = /^func '\S+' (doesn't have \d+-th argument|arg\d+ .*is not a struct)/m;

/** What is known of a failed load or attach. */
export interface Failure {
  /** A positive errno. */
  errno: number;
  /** What libbpf said, with the verifier's log if there is one. */
  said: string;
}

const { EPERM, EACCES, ENOMEM, ENOENT, ESRCH, EINVAL, EOPNOTSUPP } = constants.errno;

/** Turns libbpf's many lines into one. Its own hint about `ulimit -l` is wrong since 5.11 and is left out. */
export function explain({ errno, said }: Failure): Refusal {
  const verifier = verifierVerdict(said);
  if (errno === EPERM && !hasCapabilities(['CAP_BPF', 'CAP_PERFMON']))
    return new Refusal('not permitted: run as root, or with CAP_BPF, CAP_PERFMON and CAP_SYS_ADMIN');
  if (errno === EPERM && lockdown() === 'confidentiality')
    return new Refusal('the kernel is locked down: boot with lockdown=integrity or without it');
  if (errno === EPERM) return new Refusal('this kernel refuses programs of this type');
  if (verifier && OTHER_ARGUMENTS.test(said))
    return new Refusal('the hook has other arguments in this kernel', 'other arguments');
  if (errno === EACCES && verifier) return new Refusal(`refused by the verifier: ${verifier}`);
  if (errno === ENOMEM) return new Refusal('no memory: raise the memory limit of this process or its cgroup');
  if ([ENOENT, ESRCH].includes(errno)) return new Refusal('this kernel does not have the hook', 'no hook');
  if (verifier) return new Refusal(verifier);
  if ([EINVAL, EOPNOTSUPP].includes(errno)) return new Refusal('this kernel does not support it');
  return new Refusal(`error ${errno}${said ? `: ${lastLine(said)}` : ''}`);
}

const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);

const lastLine = (text: string): string => lines(text).at(-1) ?? '';

/** The verifier's reason is the last line of its log before the statistics. */
function verifierVerdict(said: string): string {
  const log = /BEGIN PROG LOAD LOG --\n([\s\S]*?)-- END PROG LOAD LOG/.exec(said)?.[1] ?? '';
  return (
    lines(log)
      .filter((line) => !line.startsWith('processed '))
      .at(-1) ?? ''
  );
}

function lockdown(): string {
  try {
    return /\[(\w+)\]/.exec(readFileSync('/sys/kernel/security/lockdown', 'utf8'))?.[1] ?? '';
  } catch {
    return '';
  }
}
