import { randomBytes } from 'node:crypto';
import type { Platform } from '../results.js';
import { outputOf } from '../shell/command_shell.js';
import { quote } from '../shell/quote.js';
import { TAG, type RunningProgram, type Shell } from '../shell/shell.js';
import type { Change, Changes } from './change.js';
import type { Journal, OpenChange } from './journal.js';

/** The machines that can be reached. */
export type Shells = Partial<Record<Platform, Shell>>;

/** Seconds that the undoing of everything on one machine may take. */
const PATIENCE = 120;

/** Changes that the journal knows of before they are made. */
export class JournaledChanges implements Changes {
  readonly #journal: Journal;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  async make<T>(change: Change, act: () => Promise<T>): Promise<T> {
    this.#journal.announce(change);
    return act();
  }

  run(shell: Shell, change: Omit<Change, 'machine'>, command: string): Promise<string> {
    return this.make({ machine: shell.platform, ...change }, () => shell.must(command));
  }

  spawn(shell: Shell, what: string, command: string): Promise<RunningProgram> {
    const tag = randomBytes(8).toString('hex');
    return this.make({ machine: shell.platform, what, undo: endTagged(tag) }, () =>
      shell.spawn(command, tag),
    );
  }
}

/**
 * Takes back the last change first, down to the one with the id `after`, which stays. Neighbours on one machine are one command, since a
 * command in a guest is slow. What fails is in the journal, and does not keep the rest from being taken back.
 * @returns what could not be taken back, in words; each is tried again by whoever comes next
 */
export async function undo(journal: Journal, shells: Shells, after = 0): Promise<string[]> {
  const failed: string[] = [];
  for (const group of grouped(journal.open.filter(({ id }) => id > after).reverse()))
    failed.push(...(await undoGroup(journal, shells[group[0]!.machine], group)));
  return failed;
}

/** Neighbours on the same machine. */
function grouped(changes: readonly OpenChange[]): OpenChange[][] {
  const groups: OpenChange[][] = [];
  for (const change of changes) {
    const last = groups.at(-1);
    if (last?.[0]!.machine === change.machine) last.push(change);
    else groups.push([change]);
  }
  return groups;
}

/** Each undo is a shell of its own, so that none can end or change the others; the line of its id says that it is done. */
async function undoGroup(
  journal: Journal,
  shell: Shell | undefined,
  group: readonly OpenChange[],
): Promise<string[]> {
  const script = group.map(({ id, undo }) => `( ${undo}\n) >&2 && echo ${id}`).join('\n');
  const outcome = await shell?.run(script, { timeout: PATIENCE }).catch((error: unknown) => ({
    stdout: '',
    stderr: error instanceof Error ? error.message : String(error),
  }));
  const { stdout, stderr } = outcome ?? { stdout: '', stderr: 'it cannot be reached' };
  const done = new Set(stdout.split('\n').map(Number));
  const ids = group.map(({ id }) => id).filter((id) => done.has(id));
  if (ids.length > 0) journal.write({ entry: 'undone', ids });
  const left = group.filter(({ id }) => !done.has(id));
  const reason = stderr.trim().slice(-500);
  if (left.length > 0) journal.write({ entry: 'undo failed', ids: left.map(({ id }) => id), reason });
  return left.map(({ machine, what }) => `${what} (${machine})${reason && `: ${reason}`}`);
}

/** Asks all processes of a tag to end, and ends those that have not after some 2 s: signals, and seconds to wait after each. */
function endTagged(tag: string): string {
  const find = `$(grep -lszxF ${quote(`${TAG}=${tag}`)} /proc/[0-9]*/environ)`;
  return `for step in TERM:0.1 0:0.2 0:0.6 0:1.2 KILL:0.2 KILL:1 0:0; do
  found=; for file in ${find}; do pid=\${file#/proc/}; kill -s "\${step%:*}" "\${pid%/environ}" 2>/dev/null; found=1; done
  test -z "$found" && rm -f ${outputOf(tag)}.* && exit 0; sleep "\${step#*:}"
done; exit 1`;
}
