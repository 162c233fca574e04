import { existsSync } from 'node:fs';
import { release } from 'node:os';
import { EXIT } from './failure.js';
import { Attachments, libbpfVersion } from './kernel/index.js';
import { readPlatform, roleOf } from './machine/index.js';
import { modules } from './collectors/catalogue.js';
import { objectPath } from './loader.js';
import { requirements } from './preflight.js';

type Verdict = 'ok' | 'waits' | 'fails';

const MARKS: Readonly<Record<Verdict, { mark: string; colour: string }>> = {
  ok: { mark: 'ok   ', colour: '\x1b[32m' },
  waits: { mark: 'waits', colour: '\x1b[33m' },
  fails: { mark: 'fails', colour: '\x1b[31m' },
};

/**
 * Prints what works here and what does not, a line each, and returns the exit code: 0 when every program attaches or only
 * waits for its module, that of the first unmet requirement, or EXIT.kernel when the kernel refuses a program.
 */
export function diagnose(print: (line: string) => void = console.log): number {
  const platform = readPlatform();
  print(`Kernel ${release()}, ${roleOf(platform, false)}${existsSync('/dev/kvm') ? ', with /dev/kvm' : ''}.`);
  for (const { name, check } of requirements) {
    const failure = check();
    print(line(failure ? 'fails' : 'ok', name, failure ? `${failure.message} ${failure.remedy}` : ''));
    if (failure) return failure.exitCode;
  }
  print(line('ok', `libbpf ${libbpfVersion()}`));
  return diagnosePrograms(print);
}

/** Attaches everything for a moment: what a kernel takes can only be known by asking it. */
function diagnosePrograms(print: (line: string) => void): number {
  const attachments = new Attachments(
    modules.flatMap(({ signals }) => signals),
    objectPath,
  );
  attachments.attach();
  let code: number = EXIT.ok;
  for (const { signal, program, hook, attached, reason } of attachments.states()) {
    const verdict = attached ? 'ok' : reason.startsWith('waits') ? 'waits' : 'fails';
    if (verdict === 'fails') code = EXIT.kernel;
    print(line(verdict, `${signal}: ${program} (${hook})`, reason));
  }
  return code;
}

function line(verdict: Verdict, subject: string, detail = ''): string {
  const { mark, colour } = MARKS[verdict];
  const shown = process.stdout.isTTY && !process.env['NO_COLOR'] ? `${colour}${mark}\x1b[0m` : mark;
  return `${shown}  ${subject}${detail ? `: ${detail}` : ''}`;
}
