import { readFile } from 'node:fs/promises';
import { task } from './console.mjs';
import { repository, runQuietly } from './processes.mjs';

/**
 * @typedef {object} Locked what package-lock.json says of one package
 * @property {string} [version]
 * @property {boolean} [link] a workspace of this repository
 * @property {boolean} [optional] may be left out, for example because it is for another processor
 *
 * @typedef {{ packages: Record<string, Locked> }} Lock
 */

/** Installs the packages of package-lock.json unless they are there already. */
export async function ensureNodeModules() {
  if (matches(await readLock('package-lock.json'), await readLock('node_modules/.package-lock.json'))) return;
  await task('Installing npm packages as package-lock.json says', () =>
    runQuietly('npm', ['ci', '--no-audit', '--no-fund', '--prefer-offline']),
  );
}

/**
 * Whether what npm noted after its last installation is what is wanted. npm writes the note last, so an installation that
 * was interrupted does not match.
 * @param {Lock} wanted
 * @param {Lock} present
 */
export function matches(wanted, present) {
  return Object.entries(wanted.packages)
    .filter(([path, locked]) => path.startsWith('node_modules/') && !locked.link)
    .every(([path, { version, optional }]) => {
      const found = present.packages[path];
      return found ? found.version === version : optional === true;
    });
}

/** @param {string} path @returns {Promise<Lock>} empty when there is none */
async function readLock(path) {
  return readFile(`${repository}/${path}`, 'utf8').then(JSON.parse, () => ({ packages: {} }));
}
