/** Debian's kernels for the lab: fetched once with apt, unpacked without being installed. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from './cache.js';
import { command } from './command.js';
import type { Step } from './progress.js';
import { withSuites, type Suites } from './suites.js';

/** Where a series comes from. */
interface Source {
  /** Releases as `uname -r` gives them. */
  readonly release: RegExp;
  /** Suites of Debian that have it; without them the system's own sources do. */
  readonly suites?: readonly [string, ...string[]];
}

/** Signed images for ordinary machines: neither cloud nor real-time, which lack modules the lab needs. */
const SOURCES = {
  '6.1': { release: /^6\.1\.0-\d+-amd64$/ },
  '6.12': { release: /^6\.12\.\d+\+deb12-amd64$/ },
  // Debian 11's: its BTF has no per-CPU variables.
  '6.1-deb11': { release: /^6\.1\.0-0\.deb11\.\d+-amd64$/, suites: ['bullseye-security'] },
  // The newest that a stable Debian can have; 6.12 is Debian 13's own.
  backports: { release: /^(?!6\.12\.)\d+\.\d+\.\d+\+deb13-amd64$/, suites: ['trixie-backports'] },
} satisfies Record<string, Source>;

export type KernelSeries = keyof typeof SOURCES;

/** The kernel series the lab knows. */
export const KERNEL_SERIES = Object.keys(SOURCES) as readonly KernelSeries[];

/** An unpacked kernel. */
export interface Kernel {
  /** As `uname -r` says it. */
  release: string;
  image: string;
  /** What `modprobe -d` takes: the folder above `lib/modules`. */
  root: string;
}

/** The newest kernel of a series that is in the cache, or else the newest that apt knows, fetched into it. Throws where it cannot be had. */
export async function ensureKernel(series: KernelSeries, step: Step): Promise<Kernel> {
  const cache = join(cacheFolder(), 'kernels');
  await mkdir(cache, { recursive: true });
  const cached = newest(series, await readdir(cache));
  if (cached !== undefined) return kernelIn(cache, cached);
  const { suites }: Source = SOURCES[series];
  if (suites === undefined) {
    const release = await fetchNewest(series, cache, systemPackages, step);
    if (release === undefined) throw new Error(`apt knows no kernel ${series}; as root: apt-get update`);
    return kernelIn(cache, release);
  }
  const release = await withSuites(suites, (packages) => fetchNewest(series, cache, packages, step));
  if (release === undefined)
    throw new Error(
      `Debian's ${suites.join(' and ')} cannot be reached or has no kernel ${series}: look at the network and at the mirror in the system's apt sources`,
    );
  return kernelIn(cache, release);
}

/** The newest release of a series among folder or package names; undefined without one. */
export function newest(series: KernelSeries, releases: readonly string[]): string | undefined {
  const ofSeries = releases.filter((release) => SOURCES[series].release.test(release));
  return ofSeries.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
}

function kernelIn(cache: string, release: string): Kernel {
  const root = join(cache, release);
  return { release, root, image: join(root, 'boot', `vmlinuz-${release}`) };
}

type Packages = Pick<Suites, 'names' | 'unpack'>;

/** What the system's own sources have. */
const systemPackages: Packages = {
  async names(prefix) {
    return (await command('apt-cache', ['pkgnames', prefix])).split('\n');
  },
  async unpack(packages, root) {
    const archives = await mkdtemp(`${root}-archives-`);
    await command('apt-get', ['download', '-q', ...packages], archives);
    for (const file of await readdir(archives)) await command('dpkg-deb', ['-x', join(archives, file), root]);
    await rm(archives, { recursive: true });
  },
};

/**
 * Since 6.19 linux-image is an empty package that needs these. Whatever the packages, a release is then in the layout of the older
 * ones: boot/ and lib/modules/.
 */
const PARTS = ['linux-base-', 'linux-modules-', 'linux-binary-'];

/** Returns the release; undefined where there is none. Its folder gets its name last, so that a broken download leaves nothing that looks whole. */
async function fetchNewest(
  series: KernelSeries,
  cache: string,
  packages: Packages,
  step: Step,
): Promise<string | undefined> {
  const prefix = 'linux-image-';
  const names = await packages.names(prefix);
  const release = newest(
    series,
    names.map((name) => name.slice(prefix.length)),
  );
  if (release === undefined) return undefined;
  await step(`Fetch Debian's kernel ${release}`, async () => {
    const work = await mkdtemp(join(cache, 'unpacking-'));
    try {
      const root = join(work, 'root');
      const parts = await Promise.all(PARTS.map((part) => packages.names(`${part}${release}`)));
      const known = parts.flat().filter((name) => PARTS.some((part) => name === `${part}${release}`));
      await packages.unpack([`${prefix}${release}`, ...known], root);
      await layOut(root, release);
      await command('depmod', ['-b', root, release]);
      await rename(root, join(cache, release)).catch((error: unknown) => {
        // Another test may have fetched it meanwhile.
        if (!existsSync(join(cache, release))) throw error;
      });
    } finally {
      await rm(work, { recursive: true });
    }
  });
  return release;
}

/** Newer packages have all of it in /usr/lib/modules. */
async function layOut(root: string, release: string): Promise<void> {
  if (existsSync(join(root, 'lib'))) return;
  await symlink('usr/lib', join(root, 'lib'));
  await mkdir(join(root, 'boot'));
  await symlink(`../lib/modules/${release}/vmlinuz`, join(root, 'boot', `vmlinuz-${release}`));
}
