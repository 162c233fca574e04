/** Compiles what runs inside: under emulation it takes longer to translate a program than to run it. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { CHECKOUT } from './checkout.js';
import { command } from './command.js';

/** Compiles this checkout's exporter. */
export const buildExporter = (): Promise<void> => compile('exporter');

/** Compiles this checkout's experiment. */
export const buildExperiment = (): Promise<void> => compile('experiment');

let guests: Promise<void> | undefined;

/** The path of a program of lab/guests, compiled when the first one is asked for. */
export async function guestProgram(name: string): Promise<string> {
  guests ??= compile('lab/guests');
  await guests;
  return join(CHECKOUT, 'lab', 'guests', 'dist', 'lab', 'guests', `${name}.js`);
}

async function compile(project: string): Promise<void> {
  const compiler = join(CHECKOUT, 'node_modules', '.bin', 'tsc');
  await access(compiler).catch(() => {
    throw new Error('the dependencies are not installed; run: npm ci');
  });
  await command(compiler, ['-p', join(CHECKOUT, project)]);
}
