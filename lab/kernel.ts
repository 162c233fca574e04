/** Debian's kernels for the lab: fetched once with apt, unpacked without being installed. */
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from './cache.js';
import { command } from './command.js';
import type { Step } from './progress.js';

/** The kernel series the lab knows. */
export const KERNEL_SERIES = ['6.1', '6.12'] as const;
export type KernelSeries = (typeof KERNEL_SERIES)[number];

/** Signed images for ordinary machines: neither cloud nor real-time, which lack modules the lab needs. */
const RELEASES: Readonly<Record<KernelSeries, RegExp>> = {
  '6.1': /^6\.1\.0-\d+-amd64$/,
  '6.12': /^6\.12\.\d+\+deb12-amd64$/,
};

/** An unpacked kernel. */
export interface Kernel {
  /** As `uname -r` says it. */
  release: string;
  image: string;
  /** What `modprobe -d` takes: the folder above `lib/modules`. */
  root: string;
}

/**
 * The newest kernel of a series that is in the cache, or else the newest that apt knows, fetched into it.
 * Throws where apt knows none: Debian 12 with its security updates has both.
 */
export async function ensureKernel(series: KernelSeries, step: Step): Promise<Kernel> {
  const cache = join(cacheFolder(), 'kernels');
  await mkdir(cache, { recursive: true });
  const cached = newest(series, await readdir(cache));
  if (cached !== undefined) return kernelIn(cache, cached);
  const release = newest(series, await releasesInApt());
  if (release === undefined) {
    throw new Error(`apt knows no Debian 12 kernel ${series}; as root: apt-get update`);
  }
  await step(`Fetch Debian's kernel ${release}`, () => fetchInto(cache, release));
  return kernelIn(cache, release);
}

/** The newest release of a series among folder or package names; undefined without one. */
export function newest(series: KernelSeries, releases: readonly string[]): string | undefined {
  const ofSeries = releases.filter((release) => RELEASES[series].test(release));
  return ofSeries.sort((a, b) => a.localeCompare(b, 'en', { numeric: true })).at(-1);
}

function kernelIn(cache: string, release: string): Kernel {
  const root = join(cache, release);
  return { release, root, image: join(root, 'boot', `vmlinuz-${release}`) };
}

async function releasesInApt(): Promise<string[]> {
  const prefix = 'linux-image-';
  const names = await command('apt-cache', ['pkgnames', `${prefix}6.1`]);
  return names.split('\n').map((name) => name.slice(prefix.length));
}

/** The folder gets its name last, so that a broken download leaves nothing that looks whole. */
async function fetchInto(cache: string, release: string): Promise<void> {
  const work = await mkdtemp(join(cache, 'unpacking-'));
  try {
    await command('apt-get', ['download', '-q', `linux-image-${release}`], work);
    const archive = (await readdir(work)).find((file) => file.endsWith('.deb'));
    if (archive === undefined) throw new Error(`apt-get download brought no package for ${release}`);
    const root = join(work, 'root');
    await command('dpkg-deb', ['-x', join(work, archive), root]);
    await command('depmod', ['-b', root, release]);
    await rename(root, join(cache, release));
  } finally {
    await rm(work, { recursive: true });
  }
}
