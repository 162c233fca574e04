import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the second version of control groups is mounted; undefined where it is not. */
export const cgroupRoot = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].find((path) =>
  existsSync(join(path, 'cgroup.controllers')),
);

/** A control group as a container runtime makes one, for the processes of a test. */
export class Cgroup {
  readonly #path: string;

  /** `name` is that of a directory under the root. */
  constructor(name: string) {
    this.#path = join(cgroupRoot!, name);
    mkdirSync(this.#path);
  }

  /** Moves a process with all its threads into it. */
  take(pid: number): void {
    writeFileSync(join(this.#path, 'cgroup.procs'), `${pid}`);
  }

  /** Moves what is left in it to the root, and removes it. */
  remove(): void {
    for (const pid of readFileSync(join(this.#path, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean))
      writeFileSync(join(cgroupRoot!, 'cgroup.procs'), pid);
    rmdirSync(this.#path);
  }
}
