import { once } from 'node:events';
import { createServer } from 'node:net';

/** Throws where a port of this machine's loopback is in use: better before minutes of booting than after. */
export async function demandFreePort(port: number): Promise<void> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening').catch(() => {
    throw new Error(`the port ${port} cannot be used; choose another, as with --port 9000`);
  });
  server.close();
  await once(server, 'close');
}
