/** What node takes to serve a text that is there already, compressed as Trapline's is. Its argument is the text's file. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGzip } from 'node:zlib';

const text = readFileSync(process.argv[2]!);
const server = createServer((_, response) => {
  response.setHeader('Content-Encoding', 'gzip');
  void pipeline(Readable.from([text]), createGzip({ level: constants.Z_BEST_SPEED }), response);
});
server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
