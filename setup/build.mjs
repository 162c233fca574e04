import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { exitWith, say, task } from './console.mjs';
import { repository, runQuietly } from './processes.mjs';

/**
 * @typedef {object} Part one thing that is built
 * @property {string} name
 * @property {readonly string[]} inputs files and folders whose content decides whether it must be built again
 * @property {string} output a file the build leaves
 * @property {readonly [program: string, ...args: string[]]} command
 */

const PANEL = 'grafana-plugin';
const npmRun = (/** @type {string} */ script, /** @type {string} */ workspace) =>
  /** @type {const} */ (['npm', 'run', '--silent', script, '--workspace', workspace]);

/** @type {readonly Part[]} */
export const PARTS = [
  {
    name: 'exporter',
    inputs: [
      'exporter/src',
      'docs/runbook.md',
      'exporter/package.json',
      'exporter/tsconfig.json',
      'tsconfig.base.json',
      'package-lock.json',
    ],
    output: 'exporter/dist/main.js',
    command: npmRun('build', 'exporter'),
  },
  {
    name: 'experiment',
    inputs: [
      'experiment/src',
      'experiment/package.json',
      'experiment/tsconfig.json',
      'tsconfig.base.json',
      'package-lock.json',
    ],
    output: 'experiment/dist/command.js',
    command: npmRun('build', 'experiment'),
  },
  {
    name: 'panel',
    inputs: [
      `${PANEL}/src`,
      `${PANEL}/.config`,
      `${PANEL}/package.json`,
      `${PANEL}/README.md`,
      `${PANEL}/CHANGELOG.md`,
      'package-lock.json',
    ],
    output: `${PANEL}/dist/module.js`,
    command: npmRun('build', PANEL),
  },
  {
    name: 'page',
    inputs: [`${PANEL}/host`, `${PANEL}/src`, `${PANEL}/package.json`, 'package-lock.json'],
    output: `${PANEL}/host/dist/index.html`,
    command: npmRun('build:host', PANEL),
  },
];

/** Remembers the inputs of the last build of each part. It can be deleted: everything is built again then. */
const MEMORY = `${repository}/.cache/built.json`;

/**
 * Builds every part whose inputs changed.
 * @throws {Error} what the compiler printed
 */
export async function build() {
  /** @type {Record<string, string>} */
  const built = await readFile(MEMORY, 'utf8').then(JSON.parse, () => ({}));
  for (const part of PARTS) {
    const inputs = await fingerprint(repository, part.inputs);
    if (built[part.name] === inputs && existsSync(`${repository}/${part.output}`)) continue;
    const [program, ...args] = part.command;
    await task(`Building the ${part.name}`, () => runQuietly(program, args));
    built[part.name] = inputs;
    await mkdir(dirname(MEMORY), { recursive: true });
    await writeFile(MEMORY, JSON.stringify(built));
  }
}

/**
 * A hash of the names and contents of files; what a build leaves (`dist`) and what npm installs does not count.
 * @param {string} root
 * @param {readonly string[]} paths files and folders under root
 */
export async function fingerprint(root, paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of await filesUnder(root, path))
      hash.update(`${file}\0`).update(await readFile(`${root}/${file}`));
  }
  return hash.digest('hex');
}

/** @param {string} root @param {string} path @returns {Promise<string[]>} in a fixed order */
async function filesUnder(root, path) {
  if (!existsSync(`${root}/${path}`)) return [];
  const entries = await readdir(`${root}/${path}`, { withFileTypes: true }).catch(() => undefined);
  if (!entries) return [path];
  const names = entries.map(({ name }) => name).filter((name) => name !== 'dist' && name !== 'node_modules');
  return (await Promise.all(names.sort().map((name) => filesUnder(root, `${path}/${name}`)))).flat();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await exitWith(async () => {
    await build();
    say('Everything is built.');
    return 0;
  });
}
