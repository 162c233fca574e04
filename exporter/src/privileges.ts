import { readdirSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { getSystemErrorName } from 'node:util';
import koffi from 'koffi';
import { EXIT, Failure } from './failure.js';
import { hasCapabilities, inInitialUserNamespace } from './kernel/index.js';
import { readText } from './machine/index.js';

/** include/uapi/linux/prctl.h */
const PR_SET_NO_NEW_PRIVS = 38;
/** include/uapi/linux/capability.h */
const LINUX_CAPABILITY_VERSION_3 = 0x2008_0522;

// Not node's own functions: linked with a libuv that knows io_uring, as Debian 13's, it refuses them (CVE-2024-22017).
// Those of the C library change every thread too, but for capabilities and no_new_privs, which are changed for one thread.
const libc = koffi.load('libc.so.6');
const initgroups = libc.func('int initgroups(const char *user, uint32_t gid)');
const setresgid = libc.func('int setresgid(uint32_t real, uint32_t effective, uint32_t saved)');
const setresuid = libc.func('int setresuid(uint32_t real, uint32_t effective, uint32_t saved)');
const capget = libc.func('int capget(uint32_t *header, _Out_ uint32_t *sets)');
const capset = libc.func('int capset(uint32_t *header, const uint32_t *sets)');
const prctl = libc.func(
  'int prctl(int option, unsigned long a, unsigned long b, unsigned long c, unsigned long d)',
);

/**
 * Programs that this thread starts from now on cannot gain privileges (no_new_privs) and inherit no capability: only root has
 * some then. Their threads cannot be restricted once they run. The rights of this thread stay. Throws where the kernel refuses.
 */
export function restrictChildren(): void {
  demand('prctl', prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  const header = Uint32Array.of(LINUX_CAPABILITY_VERSION_3, 0);
  // Effective, permitted, inheritable: for capabilities 0 to 31, then for 32 to 63.
  const sets = new Uint32Array(6);
  demand('capget', capget(header, sets));
  sets[2] = sets[5] = 0;
  // The kernel keeps the ambient set within the inheritable one, and so clears it too.
  demand('capset', capset(header, sets));
}

/**
 * Makes a process of root another user for good, with that user's groups and no capability; a process of any other user stays
 * what it is. Returns the name of the user it is then. Throws `Failure` where there is no such user, where the
 * kernel refuses, and where a thread of another user than root still has a capability.
 */
export function becomeUser(name: string): string {
  if (process.geteuid?.() === 0 && name !== 'root') change(name);
  const user = currentUser();
  if (process.geteuid?.() !== 0) demandNoCapability(user);
  return user;
}

function change(name: string): void {
  const { uid, gid } = lookUp(name);
  try {
    demand('setgroups', initgroups(name, gid));
    demand('setgid', setresgid(gid, gid, gid));
    demand('setuid', setresuid(uid, uid, uid));
  } catch (error) {
    throw new Failure(
      `Trapline cannot become the user ${name}: ${(error as Error).message}.`,
      hasCapabilities(['CAP_SETUID', 'CAP_SETGID']) && !inInitialUserNamespace()
        ? 'Run it in the initial user namespace, or name a user with --user that this one maps, such as root.'
        : 'Run it with CAP_SETUID and CAP_SETGID, or start it as that user.',
      EXIT.privileges,
    );
  }
}

/** Of /etc/passwd. */
function lookUp(name: string): { uid: number; gid: number } {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  const fields = lines.map((line) => line.split(':')).find(([user]) => user === name);
  if (fields) return { uid: Number(fields[2]), gid: Number(fields[3]) };
  throw new Failure(
    `Trapline cannot become the user ${name}: it is not in /etc/passwd.`,
    'Name an existing user with --user.',
    EXIT.privileges,
  );
}

function currentUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.geteuid?.()}`;
  }
}

/** File capabilities of node, and the securebit no_setuid_fixup, leave some on threads that nothing here can change. */
function demandNoCapability(user: string): void {
  for (const thread of readdirSync('/proc/self/task')) {
    const status = readText(`/proc/self/task/${thread}/status`) ?? '';
    const [set] = /^Cap(Inh|Prm|Eff|Amb):.*[1-9a-f].*$/m.exec(status) ?? [];
    if (set)
      throw new Failure(
        `The server of Trapline has capabilities as the user ${user} (${set.replace(/\s+/, ' ')}).`,
        `Remove those of the file: setcap -r ${process.execPath}; or the securebit no_setuid_fixup.`,
        EXIT.privileges,
      );
  }
}

function demand(call: string, result: number): void {
  if (result !== 0) throw new Error(`${call} failed with ${getSystemErrorName(-koffi.errno())}`);
}
