import { accessSync, constants, existsSync } from 'node:fs';
import { cgroupRoot } from './cgroup.js';

/** What the tests of this folder stand on. A machine without it skips them by name. */
export const ground = {
  root: process.getuid?.() === 0,
  btf: existsSync('/sys/kernel/btf/vmlinux'),
  debian: existsSync('/usr/share/keyrings/debian-archive-keyring.gpg'),
  kvm: canOpen('/dev/kvm'),
  cgroup2: cgroupRoot !== undefined && canOpen(`${cgroupRoot}/cgroup.procs`),
};

/** ` (needs root, /dev/kvm)` with what is missing, for the name of a skipped test. */
export function missing(...wanted: (keyof typeof ground)[]): string {
  const absent = wanted.filter((each) => !ground[each]);
  return absent.length === 0 ? '' : ` (needs ${absent.join(', ')})`;
}

function canOpen(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
