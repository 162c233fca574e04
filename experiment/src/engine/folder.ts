import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { EXIT, Failure } from '../failure.js';
import type { CellResult, Environment } from '../results.js';
import { writeWhole } from './write_whole.js';

/** The directory of a run: see results.ts for what is in it. One process at a time works in it. */
export class RunFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** A new one, with the plan byte for byte. Throws `Failure` when there is something in its place. */
  static create(path: string, planText: string): RunFolder {
    if (existsSync(path) && (!statSync(path).isDirectory() || readdirSync(path).length > 0))
      throw new Failure(
        `${path} is there already and not empty.`,
        `Go on with it by trapline experiment resume ${path}, or name another with --dir.`,
        EXIT.usage,
      );
    mkdirSync(join(path, 'cells'), { recursive: true });
    writeWhole(join(path, 'plan.yaml'), planText);
    return new RunFolder(path).#lock();
  }

  /** That of a run that has begun. Throws `Failure` when there is none, or when another process works in it. */
  static open(path: string): RunFolder {
    if (!existsSync(join(path, 'environment.json')))
      throw new Failure(
        `${path} is not the directory of a run that has begun.`,
        'Begin one with trapline experiment run PLAN.',
        EXIT.usage,
      );
    return new RunFolder(path).#lock();
  }

  get planText(): string {
    return readFileSync(join(this.path, 'plan.yaml'), 'utf8');
  }

  get journalPath(): string {
    return join(this.path, 'journal.jsonl');
  }

  get environment(): Environment {
    return JSON.parse(readFileSync(join(this.path, 'environment.json'), 'utf8')) as Environment;
  }

  set environment(environment: Environment) {
    writeWhole(join(this.path, 'environment.json'), `${JSON.stringify(environment, null, 2)}\n`);
  }

  /** Ids of the cells that are stored. */
  stored(): Set<string> {
    const names = readdirSync(join(this.path, 'cells')).filter((name) => name.endsWith('.json'));
    return new Set(names.map((name) => basename(name, '.json')));
  }

  store(result: CellResult): void {
    writeWhole(join(this.path, 'cells', `${result.cell.id}.json`), `${JSON.stringify(result, null, 2)}\n`);
  }

  /** Lets another process work in it. */
  release(): void {
    rmSync(join(this.path, 'lock'), { force: true });
  }

  #lock(): this {
    const file = join(this.path, 'lock');
    const holder = existsSync(file) ? readFileSync(file, 'utf8') : '';
    if (holder !== '' && holder === identity(Number.parseInt(holder)))
      throw new Failure(
        `Process ${Number.parseInt(holder)} is at work in ${this.path}.`,
        'Wait for it, or interrupt it with Ctrl-C.',
        EXIT.usage,
      );
    writeFileSync(file, identity(process.pid));
    return this;
  }
}

/** A process for ever, since its number is used again: the number and the time of its start; empty when there is none. */
function identity(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /s, '').split(' ');
    return stat[0] === 'Z' ? '' : `${pid} started at ${stat[19]}`;
  } catch {
    return '';
  }
}
