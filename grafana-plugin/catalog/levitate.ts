import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const PLUGIN = path.join(import.meta.dirname, '..');
/** Fetched by npm when it is asked: it brings a TypeScript of its own, which nobody needs to run Trapline. */
const LEVITATE = '@grafana/levitate@0.17.2';

/** What levitate says of the panel's sources and another release of Grafana's packages. */
export interface Verdict {
  readonly compatible: boolean;
  /** The packages that were really compared: levitate passes over what it cannot read and calls the rest compatible. */
  readonly compared: readonly string[];
  /** A sentence for each thing the sources use that is not there, or not the same. */
  readonly incompatibilities: readonly string[];
}

/**
 * Compares what the sources use of the installed packages with the same packages of another release.
 * @param release a version that npm has of every one of `packages`
 * @throws {Error} when npm cannot bring levitate or the packages, with what was printed
 */
export async function levitate(packages: readonly string[], release: string): Promise<Verdict> {
  const project = await mkdtemp(path.join(tmpdir(), 'trapline-levitate-'));
  try {
    await layOut(project, packages);
    const targets = packages.map((name) => `${name}@${release}`).join(',');
    const said = await run(project, ['is-compatible', '--path', 'src/module.ts', '--target', targets]);
    return readVerdict(said, packages, release);
  } finally {
    await rm(project, { recursive: true });
  }
}

/** In a workspace levitate cannot see what is installed, so the sources are laid out as a project of their own. */
async function layOut(project: string, packages: readonly string[]): Promise<void> {
  const { name, version } = await import('../package.json');
  const dependencies = Object.fromEntries(packages.map((wanted) => [wanted, '*']));
  await writeFile(path.join(project, 'package.json'), JSON.stringify({ name, version, dependencies }));
  await cp(path.join(PLUGIN, 'src'), path.join(project, 'src'), { recursive: true });
  await symlink(path.join(PLUGIN, '../node_modules'), path.join(project, 'node_modules'));
}

function run(project: string, args: readonly string[]): Promise<string> {
  const options = { cwd: project, env: { ...process.env, TMPDIR: project }, maxBuffer: 1 << 26 };
  return new Promise((resolve, reject) => {
    execFile('npm', ['exec', '--yes', '--', LEVITATE, ...args], options, (error, stdout, stderr) => {
      const said = stripVTControlCharacters(stdout + stderr);
      // Its exit code is 1 for an incompatibility as for a failure.
      if (error && !said.includes('is not fully compatible')) reject(new Error(said));
      else resolve(said);
    });
  });
}

function readVerdict(said: string, packages: readonly string[], release: string): Verdict {
  return {
    compatible: said.includes('appears to be compatible'),
    compared: packages.filter(
      (name) =>
        said.includes(`Installed ${name}@${release} successfully`) &&
        !said.includes(`Could not process the package ${name}\n`),
    ),
    incompatibilities: [...said.matchAll(/^\d+\) (.+) used in `.*?\/(src\/[^`]+)`$/gm)].map(
      ([, what, where]) => `${what} in ${where}`,
    ),
  };
}
