import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { modules } from './collectors/catalogue.js';
import type { Module } from './collectors/module.js';
import { missingCore, verdicts, type Verdict } from './collectors/verdicts.js';
import { EXIT } from './failure.js';
import { Attachments, libbpfVersion } from './kernel/index.js';
import { objectPath } from './loader.js';
import { readPlatform, roleOf, type Role } from './machine/index.js';
import { requirements } from './preflight.js';
import { restrictChildren } from './privileges.js';

/** Of a program or a requirement; of a collector also `part`: some of its programs are refused. */
type Mark = Verdict['verdict'] | 'part';

const COLOURS: Readonly<Record<Mark, string>> = {
  ok: '\x1b[32m',
  waits: '\x1b[33m',
  part: '\x1b[33m',
  fails: '\x1b[31m',
};

/**
 * Prints what works here and what does not, by collector, with remedies. Returns the exit code: that of the first unmet
 * requirement, EXIT.kernel where the core of this machine's role is refused, else 0. `user` is who the server is to become.
 */
export function diagnose(user: string, print: (line: string) => void = console.log): number {
  const platform = readPlatform();
  const role = roleOf(platform, false);
  print(`Kernel ${release()}, ${ROLES[role]}${existsSync('/dev/kvm') ? ', with /dev/kvm' : ''}.`);
  for (const { name, check } of requirements) {
    const failure = check();
    print(line(failure ? 'fails' : 'ok', name, failure ? `${failure.message} ${failure.remedy}` : ''));
    if (failure) return failure.exitCode;
  }
  print(line('ok', `libbpf ${libbpfVersion()}`));
  const tried = tryUser(user);
  print(line(tried.exitCode === EXIT.ok ? 'ok' : 'fails', 'user of the server', tried.said));
  if (tried.exitCode !== EXIT.ok) return tried.exitCode;
  print('');
  const all = attachEverything();
  for (const module of modules) diagnoseCollector(module, all, print);
  print('');
  const missing = missingCore(all, role);
  print(conclusion(all, missing, role));
  return missing.length > 0 ? EXIT.kernel : EXIT.ok;
}

const ROLES: Readonly<Record<Role, string>> = {
  host: 'a host of VMs',
  guest: 'a guest',
  both: 'a host of VMs and a guest itself',
  bare_metal: 'neither a guest nor a host of VMs',
};

/** In a process of its own, started as the server is: there is no way back. Says who it became, or why it could not. */
function tryUser(user: string): { exitCode: number; said: string } {
  restrictChildren();
  const script = join(import.meta.dirname, 'try_user.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, user], { encoding: 'utf8' });
  const said = (stdout + stderr).trim().replace(/^trapline: /, '');
  return { exitCode: status ?? EXIT.internal, said };
}

/** For a moment: what a kernel takes can only be known by asking it. */
function attachEverything(): Verdict[] {
  const attachments = new Attachments(
    modules.flatMap(({ signals }) => signals),
    objectPath,
  );
  attachments.attach();
  return verdicts(attachments.states());
}

/** One line for what the collector sees, one for each of its programs, one for what is left out, and one for each remedy. */
function diagnoseCollector(
  { description: { name, help } }: Module,
  all: readonly Verdict[],
  print: (line: string) => void,
): void {
  const programs = all.filter(({ collector }) => collector === name);
  print(line(markOf(programs), name, help));
  for (const { verdict, program, hook, reason } of programs)
    print(`       ${line(verdict, `${program} (${hook})`, reason)}`);
  const absent = absentOf(programs.filter(({ verdict }) => verdict === 'fails'));
  if (absent) print(`              Without them these would be wrong and are left out: ${absent}.`);
  for (const remedy of new Set(programs.map((each) => each.remedy)))
    if (remedy) print(`              ${remedy}`);
}

function markOf(programs: readonly Verdict[]): Mark {
  const has = (wanted: Mark): boolean => programs.some(({ verdict }) => verdict === wanted);
  if (has('fails')) return has('ok') || has('waits') ? 'part' : 'fails';
  return has('waits') ? 'waits' : 'ok';
}

const absentOf = (programs: readonly Verdict[]): string =>
  [...new Set(programs.flatMap(({ absent }) => absent))].join(', ');

function conclusion(all: readonly Verdict[], missing: readonly string[], role: Role): string {
  const failing = all.filter(({ verdict }) => verdict === 'fails');
  if (missing.length > 0)
    return `What matters most on ${ROLES[role]} is missing here, all or part of: ${missing.join(', ')}.`;
  if (failing.length > 0)
    return `What matters most works. ${failing.length} of ${all.length} programs are refused, so that all or part is missing of: ${absentOf(failing)}.`;
  return 'Everything works.';
}

function line(mark: Mark, subject: string, detail = ''): string {
  const coloured = process.stdout.isTTY && !process.env['NO_COLOR'];
  const shown = coloured ? `${COLOURS[mark]}${mark.padEnd(5)}\x1b[0m` : mark.padEnd(5);
  return `${shown}  ${subject}${detail ? `: ${detail}` : ''}`;
}
