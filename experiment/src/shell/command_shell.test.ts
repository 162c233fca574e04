import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CommandShell } from './command_shell.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'trapline-shell-'))));
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe.each([
  ['here', ''],
  ['by a prefix', 'env sh -c'],
])('a shell %s', (_, prefix) => {
  const shell = new CommandShell('guest', prefix);

  it('tells what a command said and how it ended', async () => {
    expect(await shell.run(`echo "it's"; echo no >&2; exit 3`)).toEqual({
      stdout: "it's\n",
      stderr: 'no\n',
      code: 3,
    });
    await expect(shell.must('echo why >&2; false')).rejects.toThrow(
      'on the guest, exit code 1 from echo why >&2; false: why',
    );
  });

  it('ends what takes too long, with all it started', async () => {
    const file = join(folder, 'pid');
    expect((await shell.run(`sleep 1000 & echo $! > ${file}; wait`, { timeout: 0.5 })).code).toBe(124);
    const pid = readFileSync(file, 'utf8').trim();
    expect(
      await shell.run(`while grep -qs '^State:.[^ZX]' /proc/${pid}/status; do sleep 0.1; done`),
    ).toMatchObject({ code: 0 });
  });

  it('writes any bytes, into folders that are not there', async () => {
    const path = join(folder, 'a b', 'file');
    await shell.put(path, Uint8Array.of(0, 255, 10, 39));
    expect([...readFileSync(path)]).toEqual([0, 255, 10, 39]);
  });
});

/** Its output is in /run, where only root writes. */
describe.runIf(process.getuid?.() === 0)('a program', () => {
  const shell = new CommandShell('host');

  it('goes on, is known by its tag and its pid, and leaves nothing', async () => {
    const program = await shell.spawn(`sh -c 'echo "é out"; echo err >&2; exec sleep 1000'`, 'cafe');
    await shell.must(`until grep -q err /run/trapline-experiment.cafe.err; do sleep 0.1; done`);
    expect(await program.output()).toEqual({ stdout: 'é out\n', stderr: 'err\n' });
    expect(readFileSync(`/proc/${program.pid}/environ`, 'utf8').split('\0')).toContain(
      'TRAPLINE_EXPERIMENT=cafe',
    );
    expect(readFileSync(`/proc/${program.pid}/comm`, 'utf8')).toBe('sleep\n');
    await expect(program.gone({ timeout: 0.5 })).rejects.toThrow('124');
    await program.signal('TERM');
    await program.gone();
    await program.signal('TERM');
    expect(await program.output()).toEqual({ stdout: 'é out\n', stderr: 'err\n' });
    expect(existsSync('/run/trapline-experiment.cafe.out')).toBe(false);
  });
});
