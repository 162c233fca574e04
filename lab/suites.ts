/** Packages of any Debian suite, through an apt configuration of its own: the system's sources and package lists stay as they are. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from './command.js';

/** What apt knows of some suites. A package is named as apt names it: `linux-image-6.12.9-arm64:arm64`. */
export interface Suites {
  /** The names of packages that begin so, without duplicates. */
  names(prefix: string): Promise<string[]>;
  /** Downloads packages and unpacks them below `root`, without running their scripts. Throws where apt lacks one. */
  unpack(packages: readonly string[], root: string): Promise<void>;
  /** The same with every package they depend on. */
  unpackAll(packages: readonly string[], root: string): Promise<void>;
}

/**
 * Reads the package lists of suites, such as `trixie` or `bullseye-security`, for as long as `use` runs.
 * Throws where the system's own sources name no Debian mirror.
 */
export async function withSuites<T>(suites: readonly string[], use: (apt: Suites) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'trapline-apt-'));
  try {
    const config = await configure(folder, suites);
    const apt = (tool: string, args: readonly string[], cwd = folder): Promise<string> =>
      command('env', [`APT_CONFIG=${config}`, tool, '-q', ...args], cwd);
    await apt('apt-get', ['update']);
    return await use(suitesOf(apt, folder));
  } finally {
    await rm(folder, { recursive: true });
  }
}

type Apt = (tool: string, args: readonly string[], cwd?: string) => Promise<string>;

function suitesOf(apt: Apt, folder: string): Suites {
  const unpack = async (root: string, download: (archives: string) => Promise<unknown>): Promise<void> => {
    const archives = await mkdtemp(join(folder, 'archives-'));
    await download(archives);
    await mkdir(root, { recursive: true });
    for (const file of (await readdir(archives)).filter((name) => name.endsWith('.deb')).sort())
      await command('dpkg-deb', ['-x', join(archives, file), root]);
    await rm(archives, { recursive: true });
  };
  return {
    names: async (prefix) => {
      const names = (await apt('apt-cache', ['pkgnames', prefix])).split('\n').filter(Boolean);
      return [...new Set(names)];
    },
    unpack: (packages, root) =>
      unpack(root, (archives) => apt('apt-get', ['download', ...packages], archives)),
    unpackAll: (packages, root) =>
      unpack(root, (archives) => {
        const where = `Dir::Cache::archives=${archives}`;
        const options = ['--yes', '--download-only', '--no-install-recommends', '-o', where];
        return apt('apt-get', ['install', ...options, ...packages]);
      }),
  };
}

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Returns the path of the configuration. Nothing counts as installed, so that every dependency is fetched. */
async function configure(folder: string, suites: readonly string[]): Promise<string> {
  const mirrors = await systemMirrors();
  const sources = suites.map((suite) => {
    const mirror = suite.endsWith('-security') ? mirrors.security : mirrors.main;
    return `deb [signed-by=${KEYRING}] ${mirror} ${suite} main\n`;
  });
  const state = { 'Dir::State': 'state', 'Dir::State::status': 'status', 'Dir::Cache': 'cache' };
  const none = ['SourceParts', 'Preferences', 'PreferencesParts', 'TrustedParts'];
  const settings = [
    ...Object.entries(state).map(([name, file]) => `${name} "${join(folder, file)}";`),
    `Dir::Etc::SourceList "${join(folder, 'sources.list')}";`,
    ...none.map((name) => `Dir::Etc::${name} "/dev/null";`),
    'APT::Architectures { "amd64"; "arm64"; };',
    'APT::Sandbox::User "root";',
    'Acquire::Languages "none";',
  ];
  for (const made of ['state/lists/partial', 'cache/archives/partial'])
    await mkdir(join(folder, made), { recursive: true });
  await writeFile(join(folder, 'status'), '');
  await writeFile(join(folder, 'sources.list'), sources.join(''));
  const config = join(folder, 'apt.conf');
  await writeFile(config, `${settings.join('\n')}\n`);
  return config;
}

/** Where the system's own sources get Debian, and its security updates, from. */
async function systemMirrors(): Promise<{ main: string; security: string }> {
  const format = '$(LABEL) $(REPO_URI)';
  const listed = await command('apt-get', ['indextargets', '--format', format, 'Created-By: Packages']);
  const mirrors = new Map(listed.split('\n').map((line) => line.split(' ') as [string, string]));
  const main = mirrors.get('Debian');
  if (main === undefined)
    throw new Error(
      "The system's apt sources name no Debian mirror, or were never read; as root: apt-get update",
    );
  return { main, security: mirrors.get('Debian-Security') ?? main.replace(/debian\/?$/, 'debian-security/') };
}
