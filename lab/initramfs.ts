/** Initial file systems out of busybox, a few programs of this machine and a few modules of the lab's kernel. */
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { command, quote } from './command.js';
import type { Kernel } from './kernel.js';

/** What goes into an initramfs. */
export interface Contents {
  kernel: Kernel;
  /** Modules by name; what they depend on comes along. Loaded by the init script in the order of `/modules/order`. */
  modules: readonly string[];
  /** Programs by absolute path; the shared libraries they need come along. */
  programs?: readonly string[];
  /** Path of the script that becomes `/init`. */
  init: string;
}

/** Makes an initramfs in `folder` and returns its path. Uncompressed: unpacking is dear under emulation, memory is not. */
export async function makeInitramfs(folder: string, name: string, contents: Contents): Promise<string> {
  const tree = join(folder, name);
  await mkdir(join(tree, 'bin'), { recursive: true });
  await mkdir(join(tree, 'modules'));
  await copyFile(await pathOf('busybox'), join(tree, 'bin', 'busybox'));
  await writeFile(join(tree, 'init'), await readFile(contents.init), { mode: 0o755 });
  await addModules(tree, contents.kernel, contents.modules);
  for (const program of contents.programs ?? []) await addProgram(tree, program);
  const image = `${tree}.cpio`;
  await command('sh', ['-c', `find . | cpio --quiet -o -H newc > ${quote(image)}`], tree);
  return image;
}

/** Where a program of this machine lies, also in the system folders that a user's PATH lacks. */
export async function pathOf(program: string): Promise<string> {
  const found = await command('sh', [
    '-c',
    `PATH=$PATH:/usr/sbin:/sbin command -v ${quote(program)} || true`,
  ]);
  if (found === '') await command(program, []);
  return found.trim();
}

async function addModules(tree: string, kernel: Kernel, modules: readonly string[]): Promise<void> {
  const order: string[] = [];
  for (const file of await filesInLoadingOrder(kernel, modules)) {
    const name = basename(file).replace(/\.xz$/, '');
    const target = join(tree, 'modules', name);
    // busybox loads no compressed module.
    if (file.endsWith('.xz')) await command('sh', ['-c', `xz -dc ${quote(file)} > ${quote(target)}`]);
    else await copyFile(file, target);
    order.push(name);
  }
  await writeFile(join(tree, 'modules', 'order'), order.map((name) => `${name}\n`).join(''));
}

async function filesInLoadingOrder(kernel: Kernel, modules: readonly string[]): Promise<Set<string>> {
  const files = new Set<string>();
  for (const module of modules) {
    const plan = await command('modprobe', [
      '-d',
      kernel.root,
      '-S',
      kernel.release,
      '--show-depends',
      module,
    ]);
    for (const [, file] of plan.matchAll(/^insmod (\S+)/gm)) files.add(file!);
  }
  return files;
}

async function addProgram(tree: string, program: string): Promise<void> {
  const libraries = await command('ldd', [program]);
  const files = [program, ...[...libraries.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1]!)];
  for (const file of files) {
    const target = join(tree, file);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(file, target);
  }
}
