import { existsSync } from 'node:fs';
import { say, task, yellow } from './console.mjs';
import { REASONS } from './packages.mjs';
import { run, runQuietly } from './processes.mjs';

/** @typedef {import('./packages.mjs').Package} Package */

/** Packages that start a service of their own when they are installed. @type {Partial<Record<Package, string[]>>} */
const SERVICES = {
  prometheus: ['prometheus.service', 'prometheus-node-exporter.service'],
  'prometheus-alertmanager': ['prometheus-alertmanager.service'],
  softflowd: ['softflowd.service'],
};

/**
 * Installs those of the packages that are missing, and nothing else.
 * @param {readonly Package[]} wanted
 * @throws {Error} with the remedy, where packages are missing and we are not root
 */
export async function ensurePackages(wanted) {
  if (!existsSync('/usr/bin/dpkg-query')) {
    if (wanted.length > 0)
      say(
        yellow(
          `No apt here: Trapline goes on and relies on ${wanted.join(', ')} (Debian's names) being installed.`,
        ),
      );
    return;
  }
  const missing = missingOf(wanted, await dpkgStatus());
  if (missing.length === 0) return;
  if (process.getuid?.() !== 0)
    throw new Error(
      `Missing: ${missing.join(', ')}. Run \`sudo apt-get install ${missing.join(' ')}\`, or this command as root.`,
    );
  for (const name of missing) say(`  ${name} is missing: it ${REASONS[name]}`);
  await task('Reading the package lists', () => apt(['update'], () => undefined));
  await task(`Installing ${missing.join(', ')}`, (progress) =>
    apt(['install', '--yes', '--no-install-recommends', '-o', 'APT::Status-Fd=3', ...missing], (line) =>
      progress(statusText(line)),
    ),
  );
  await keepServicesOff(missing);
}

/**
 * @param {readonly Package[]} wanted
 * @param {string} status lines of "package state"
 */
export function missingOf(wanted, status) {
  const present = new Set(
    status
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return wanted.filter((name) => !present.has(name));
}

const dpkgStatus = () =>
  runQuietly('dpkg-query', ['--show', '--showformat', '${Package} ${db:Status-Status}\n']);

/**
 * A line of apt's status channel, `pmstatus:clang:42.1:Unpacking clang`, as a person wants to read it.
 * @param {string} line
 */
export function statusText(line) {
  const [, , percent = '', ...text] = line.split(':');
  return `${Math.round(Number(percent))} % ${text.join(':')}`;
}

/**
 * @param {readonly string[]} args
 * @param {(line: string) => void} onStatus
 */
function apt(args, onStatus) {
  // In runlevel 1 the scripts of a package start no service where init has runlevels.
  const env = { DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  return runQuietly('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], env, onStatus);
}

/**
 * systemd knows no runlevels: it is told afterwards. Only services of packages that were not there before are stopped,
 * never a Prometheus somebody runs here.
 * @param {readonly Package[]} names
 */
async function keepServicesOff(names) {
  const units = names.flatMap((name) => SERVICES[name] ?? []);
  if (units.length === 0 || !existsSync('/run/systemd/system')) return;
  await task('Turning off the services that came with them', () =>
    run('systemctl', ['disable', '--now', '--quiet', ...units]),
  );
}
