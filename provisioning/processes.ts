import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server under test: real, on loopback, with its data in a directory that goes away with it. */
export interface Server {
  url: string;
  stop(): Promise<void>;
}

/** A port of the loopback address that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/**
 * Starts a server and waits until it calls itself ready.
 * @param prepare writes what the program needs into its directory and gives its command line.
 * @throws Error with what the program printed when it ends before it is ready.
 */
export async function startServer(
  program: string,
  readyPath: string,
  prepare: (directory: string, listen: string) => Promise<string[]>,
): Promise<Server> {
  const directory = await mkdtemp(join(tmpdir(), 'trapline-'));
  const listen = `127.0.0.1:${await freePort()}`;
  const child = spawn(program, await prepare(directory, listen), { stdio: ['ignore', 'pipe', 'pipe'] });
  const printed: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => printed.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => printed.push(chunk));
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`${program} ended with ${String(code)}:\n${Buffer.concat(printed).toString()}`);
  });
  const url = `http://${listen}`;
  await Promise.race([failed, until(() => answers(`${url}${readyPath}`))]);
  failed.catch(() => undefined);
  return { url, stop: () => stop(child, directory) };
}

async function stop(child: ChildProcess, directory: string): Promise<void> {
  if (child.exitCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  await rm(directory, { recursive: true });
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}

/** Asks again and again until the answer is yes; the time limit of the test is the only one. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(200);
}
