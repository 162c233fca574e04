import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { zipSync, type Zippable } from 'fflate';

/** A plugin as one file, laid out as Grafana's catalog and `grafana cli plugins install` take it. */
export interface Archive {
  /** The name of the file: id and version. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** How many files are in it. */
  readonly files: number;
  /** It holds a manifest, so a Grafana checks every file against Grafana Labs' signature. */
  readonly signed: boolean;
}

const READABLE_BY_ALL = 0o100644;
const UNIX = 3;
const MANIFEST = 'MANIFEST.txt';

/**
 * Packs a built plugin. The same files always make the same bytes: they are in the order of their names, and their time
 * is the day the plugin says it was built.
 * @param dist the folder webpack has left
 */
export async function archiveOf(dist: string): Promise<Archive> {
  const { id, info } = JSON.parse(await readFile(path.join(dist, 'plugin.json'), 'utf8')) as {
    id: string;
    info: { version: string; updated: string };
  };
  const names = await filesIn(dist);
  const contents: Zippable = {};
  for (const name of names) contents[`${id}/${name}`] = await readFile(path.join(dist, name));
  const bytes = zipSync(contents, {
    level: 9,
    os: UNIX,
    // The upper half is what Unix calls the mode.
    attrs: READABLE_BY_ALL * 2 ** 16,
    mtime: dayAsWritten(info.updated),
  });
  return { name: `${id}-${info.version}.zip`, bytes, files: names.length, signed: names.includes(MANIFEST) };
}

/** The hexadecimal digest of a file. The catalog's form asks for SHA-1. */
export function digest(algorithm: 'sha1' | 'sha256', bytes: Uint8Array): string {
  return createHash(algorithm).update(bytes).digest('hex');
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** A zip holds local time, and a day without a time zone is the same local day everywhere. */
function dayAsWritten(day: string): Date {
  const [year, month, date] = day.split('-').map(Number) as [number, number, number];
  return new Date(year, month - 1, date);
}
