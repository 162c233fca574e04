import { closeSync, openSync, readdirSync, readSync } from 'node:fs';

/** More than any file that the kernel writes alone: /proc/interrupts has 10 MB for 1000 interrupts of 900 CPUs. */
const LONGEST = 64 * 1024 * 1024;

/** Enough for the command line of any VMM; a hostile process can make its own as long as its memory. */
const START = 256 * 1024;

/** What is read at a time of a file that is read in lines. */
const PIECE = 64 * 1024;

/**
 * The whole text of a file of /proc or /sys; undefined where it is gone or may not be read. Throws where it is longer than
 * 64 MiB. Bytes that are not UTF-8 become U+FFFD.
 */
export function readText(path: string): string | undefined {
  const text = read(path, LONGEST + 1);
  if (text && text.length > LONGEST) throw new Error(`${path} is longer than 64 MiB, and is not read.`);
  return text?.toString('utf8');
}

/** The first 256 KiB of a text that a process writes itself, and may make as long as it likes; else like `readText`. */
export const readStart = (path: string): string | undefined => read(path, START)?.toString('utf8');

function read(path: string, limit: number): Buffer | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    return readUpTo(fd, limit);
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
function readUpTo(fd: number, limit: number): Buffer {
  let buffer = Buffer.allocUnsafe(8192);
  let length = 0;
  for (;;) {
    const got = readSync(fd, buffer, length, buffer.length - length, null);
    length += got;
    if (got === 0 || length === limit) return buffer.subarray(0, length);
    if (length === buffer.length) buffer = Buffer.concat([buffer], Math.min(2 * length, limit));
  }
}
