import { closeSync, openSync, readdirSync, readSync } from 'node:fs';

/** Enough for any file read here; a hostile process can make its own command line megabytes long. */
const LIMIT = 256 * 1024;

/** What is read at a time of a file that is read in lines. */
const PIECE = 64 * 1024;

/**
 * The text of a file of /proc or /sys, at most 256 KiB of it; undefined where it is gone or may not be read.
 * Bytes that are not UTF-8 become U+FFFD.
 */
export function readText(path: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    return readAll(fd).toString('utf8');
  } catch {
    // The process or device went away between open and read.
    return undefined;
  } finally {
    closeSync(fd);
  }
}

/** The names in a directory; none where it is gone or may not be read. */
export function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** The lines of a file of ASCII, however long it is, without their ends. Throws where it cannot be read. */
export function* linesOf(path: string): Generator<string> {
  const fd = openSync(path, 'r');
  const piece = Buffer.allocUnsafe(PIECE);
  try {
    let rest = '';
    for (let got = readSync(fd, piece); got > 0; got = readSync(fd, piece)) {
      const lines = (rest + piece.toString('latin1', 0, got)).split('\n');
      rest = lines.pop()!;
      yield* lines;
    }
    if (rest !== '') yield rest;
  } finally {
    closeSync(fd);
  }
}

/** These files say a size of 0, and hand out long contents in pieces. */
function readAll(fd: number): Buffer {
  let buffer = Buffer.allocUnsafe(8192);
  let length = 0;
  for (;;) {
    const got = readSync(fd, buffer, length, buffer.length - length, null);
    length += got;
    if (got === 0 || length === LIMIT) return buffer.subarray(0, length);
    if (length === buffer.length) buffer = Buffer.concat([buffer], Math.min(2 * length, LIMIT));
  }
}
