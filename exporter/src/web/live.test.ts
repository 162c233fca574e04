import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import express from 'express';
import { expect, it } from 'vitest';
import { LiveFeed } from './live.js';

const log = { info: () => {}, warn: () => {} };

it('samples on every fifth beat while nobody watches', () => {
  let taken = 0;
  const feed = new LiveFeed({ sample: () => ({ t: ++taken, exitTiming: false, vms: [] }), log });
  for (let i = 0; i < 11; i++) feed.tick();
  expect(taken).toBe(3);
});

it('drops a client that does not read, and only that one', async () => {
  const vm = { vm: 'x'.repeat(1 << 20), packets: 0, drops: 0, userspaceExits: 0 };
  const feed = new LiveFeed({ sample: () => ({ t: 0, exitTiming: false, vms: [vm] }), log });
  const app = express().get('/live', (request, response) => feed.serve(request, response));
  const server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const clients = ['stuck', 'reading'].map(() => connect(port, '127.0.0.1'));
  const [stuck, reading] = clients;
  for (const client of clients) client.write('GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n');
  stuck!.pause();
  reading!.resume();
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  while (feed.watching < 2) await turn();
  while (feed.watching === 2) {
    feed.tick();
    // The reading client gets the turns it needs to take what was sent.
    const before = reading!.bytesRead;
    while (reading!.bytesRead < before + (1 << 20)) await turn();
  }
  expect(feed.watching).toBe(1);
  expect(reading!.destroyed).toBe(false);
  feed.stop();
  expect(feed.watching).toBe(0);
  for (const client of clients) client.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
