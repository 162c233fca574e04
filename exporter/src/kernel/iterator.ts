import { closeSync, readSync } from 'node:fs';
import { errno } from '../libc.js';
import { libbpf } from './libbpf.js';

/** Enough for a thousand records; more are read in turns. */
const BUFFER = 1 << 16;

/**
 * Runs an iterator once and returns the records it wrote. The link may have been made by a process with more privileges.
 * Throws where the kernel does not let this process open it (before 5.19 with unprivileged_bpf_disabled).
 */
export function runIterator(link: number, recordSize: number): Buffer[] {
  const fd = libbpf().createIterator(link) as number;
  if (fd < 0)
    throw new Error(
      `The iterator cannot be run (error ${errno()}): this needs Linux 5.19, or root with --user root.`,
    );
  try {
    const chunks: Buffer[] = [];
    for (;;) {
      const buffer = Buffer.allocUnsafe(BUFFER);
      const length = readSync(fd, buffer);
      if (length === 0) break;
      chunks.push(buffer.subarray(0, length));
    }
    const all = Buffer.concat(chunks);
    const count = Math.floor(all.length / recordSize);
    return Array.from({ length: count }, (_, i) => all.subarray(i * recordSize, (i + 1) * recordSize));
  } finally {
    closeSync(fd);
  }
}

/** The text of a field of a record or row, which ends at its first NUL. Bytes that are not UTF-8 become U+FFFD. */
export function textOf(record: Buffer, { offset, length }: { offset: number; length: number }): string {
  const bytes = record.subarray(offset, offset + length);
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? length : end);
}
