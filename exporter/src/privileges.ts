import { readFileSync } from 'node:fs';
import koffi from 'koffi';
import { EXIT, Failure } from './failure.js';

/** include/uapi/linux/prctl.h */
const PR_SET_NO_NEW_PRIVS = 38;

/**
 * Becomes another user for good; does nothing for a process that is not root. The user's groups, every capability and the
 * way back through set-user-id programs go with it. Throws `Failure` where there is no such user.
 */
export function becomeUser(name: string): void {
  if (process.getuid?.() !== 0 || name === 'root') return;
  try {
    const { uid, gid } = lookUp(name);
    process.setgroups?.(groupsOf(name));
    process.setgid?.(gid);
    process.setuid?.(uid);
  } catch (error) {
    throw new Failure(
      `Trapline cannot become the user ${name}: ${error instanceof Error ? error.message : String(error)}.`,
      'Name an existing user with --user; the process needs CAP_SETUID and CAP_SETGID for it.',
      EXIT.privileges,
    );
  }
  const prctl = koffi
    .load('libc.so.6')
    .func('int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)');
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

/** Throws where /etc/passwd does not have the user. */
function lookUp(name: string): { uid: number; gid: number } {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  const fields = lines.map((line) => line.split(':')).find(([user]) => user === name);
  if (!fields) throw new Error('it is not in /etc/passwd');
  return { uid: Number(fields[2]), gid: Number(fields[3]) };
}

/** The groups that /etc/group lists the user in. */
function groupsOf(user: string): number[] {
  const lines = readFileSync('/etc/group', 'utf8').split('\n');
  return lines
    .map((line) => line.split(':'))
    .filter(([, , , members]) => members?.split(',').includes(user))
    .map(([, , gid]) => Number(gid));
}
