import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../../lab/cache.js';
import { withSuites } from '../../lab/suites.js';

const CHECKOUT = join(import.meta.dirname, '../..');

/** Where the checkout is seen in such a root. */
export const INSIDE = '/mnt';

const BASE = ['base-files', 'base-passwd', 'coreutils', 'dash', 'nodejs'];

/**
 * A root file system with the Node of a Debian release and other packages: fetched once, unpacked without being installed. Returns the command
 * that runs another one in it, as root, with this machine's /proc, /sys and /dev and this checkout.
 */
export async function debian(suite: string, ...packages: string[]): Promise<string[]> {
  const roots = join(cacheFolder(), 'roots');
  const root = join(roots, suite);
  if (!existsSync(root)) await fetchInto(roots, suite, packages);
  const mounts = [
    ...['proc', 'sys', 'dev'].map((name) => `mount --rbind /${name} "${root}/${name}"`),
    `mount --bind "${CHECKOUT}" "${root}${INSIDE}"`,
    `mount -t tmpfs none "${root}/tmp"`,
  ];
  const enter = `${mounts.join(' && ')} && exec chroot "${root}" /usr/bin/env -i -C ${INSIDE} PATH=/usr/bin:/bin HOME=/tmp "$@"`;
  return ['unshare', '--mount', 'sh', '-c', enter, 'sh'];
}

/** The folder gets its name last, so that a broken download leaves nothing that looks whole. */
async function fetchInto(roots: string, suite: string, packages: readonly string[]): Promise<void> {
  await mkdir(roots, { recursive: true });
  const root = await mkdtemp(join(roots, 'unpacking-'));
  try {
    await withSuites([suite], (apt) => apt.unpackAll([...BASE, ...packages], root));
    await mkdir(join(root, INSIDE), { recursive: true });
    // Else made by a script of the package.
    for (const file of ['passwd', 'group'])
      await copyFile(join(root, `usr/share/base-passwd/${file}.master`), join(root, 'etc', file));
    await chmod(root, 0o755);
    await rename(root, join(roots, suite));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
