import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The top of the repository: every command runs there. */
export const repository = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set();

/**
 * Starts a program that ends with us: what asks us to stop is passed on.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export function start(program, args, options = {}) {
  const child = spawn(program, args, {
    cwd: repository,
    stdio: ['ignore', 'inherit', 'inherit'],
    ...options,
  });
  children.add(child);
  child.once('close', () => children.delete(child));
  return child;
}

/** Asks every program we started to end. */
export function stopAll() {
  for (const child of children) child.kill('SIGTERM');
}

/**
 * Resolves with the exit code when a program has ended; 127 when it could not be started, 128 after a signal.
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<number>}
 */
export function ended(child) {
  return new Promise((resolve) => {
    child.once('error', () => resolve(127));
    child.once('close', (code) => resolve(code ?? 128));
  });
}

/**
 * Runs a program to its end with its output on our terminal.
 * @param {string} program
 * @param {readonly string[]} args
 */
export const run = (program, args) => ended(start(program, args));

/**
 * Runs a program to its end without showing what it prints, unless it fails.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @param {(line: string) => void} [onStatus] hears the lines the program writes to its file descriptor 3.
 * @returns {Promise<string>} standard output
 * @throws {Error} the last lines it printed
 */
export async function runQuietly(program, args, env = {}, onStatus = () => undefined) {
  const child = start(program, args, {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  let output = '';
  let errors = '';
  child.stdout?.on('data', (chunk) => (output += chunk));
  child.stderr?.on('data', (chunk) => (errors += chunk));
  child.stdio[3]?.on('data', (chunk) => String(chunk).split('\n').filter(Boolean).forEach(onStatus));
  const code = await ended(child);
  if (code !== 0) {
    const last = `${output}\n${errors}`.trim().split('\n').slice(-20).join('\n');
    throw new Error(`${[program, ...args].join(' ')} ended with ${code}:\n${last}`);
  }
  return output;
}

/** A program that npm installed for this repository. @param {string} name */
export const installed = (name) => `${repository}/node_modules/.bin/${name}`;

/** @type {number | undefined} */
let interruption;

/** The exit code that tells how we were asked to stop; undefined as long as nobody did. */
export const interrupted = () => interruption;

for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143 })) {
  process.on(signal, () => {
    interruption = code;
    stopAll();
  });
}
