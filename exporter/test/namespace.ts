import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import koffi from 'koffi';

/** include/uapi/linux/sched.h */
const CLONE_NEWNS = 0x0002_0000;
const CLONE_NEWNET = 0x4000_0000;

/**
 * Gives this process, for good, and the children it starts from now on a network of their own, with /sys to match: only
 * a loopback, no IPv6. The kernel takes everything in it back with the last process. Vitest gives each test file a process.
 */
export function enterOwnNetwork(): void {
  const unshare = koffi.load('libc.so.6').func('int unshare(int flags)');
  if (unshare(CLONE_NEWNS | CLONE_NEWNET) !== 0) throw new Error(`no namespace (error ${koffi.errno()})`);
  execFileSync('mount', ['--make-rprivate', '/']);
  execFileSync('mount', ['-t', 'sysfs', 'sysfs', '/sys']);
  for (const which of ['all', 'default']) writeFileSync(`/proc/sys/net/ipv6/conf/${which}/disable_ipv6`, '1');
  ip('link set lo up');
}

/** Runs commands of ip(8), each without its first word. */
export function ip(...commands: readonly string[]): void {
  execFileSync('ip', ['-batch', '-'], { input: commands.join('\n') });
}
