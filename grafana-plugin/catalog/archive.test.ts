import { cp, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { version } from '../package.json';
import { archiveOf, digest } from './archive';
import { DIST, Opened } from './opened.testing';

describe('the archive', () => {
  test('is named by id and version and holds one folder named by the id', async () => {
    expect((await archiveOf(DIST)).name).toBe(`trapline-capturecost-panel-${version}.zip`);
    expect((await Opened.archive()).top).toEqual(['trapline-capturecost-panel']);
  });

  test('holds what the catalog wants and nothing else', async () => {
    const { files, metadata } = await Opened.archive();
    expect(files).toEqual(
      [
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'img/logo-large.svg',
        'img/logo.svg',
        ...metadata.info.screenshots.map((shot) => shot.path),
        'module.js',
        'module.js.map',
        'plugin.json',
      ].sort(),
    );
  });

  test('leaves every file readable by whoever runs Grafana', async () => {
    const { bytes, files } = await archiveOf(DIST);
    expect(modesIn(bytes)).toEqual(Array(files).fill(0o100644));
  });
});

describe('packing', () => {
  let copy: string;
  beforeEach(async () => {
    copy = await mkdtemp(path.join(tmpdir(), 'trapline-archive-'));
    await cp(DIST, copy, { recursive: true });
  });
  afterEach(() => rm(copy, { recursive: true }));

  test('makes the same bytes of the same files, whenever and wherever', async () => {
    for (const name of await readdir(copy)) await utimes(path.join(copy, name), 1e9, 1e9);
    const before = process.env['TZ'];
    process.env['TZ'] = 'Pacific/Auckland';
    const { bytes } = await archiveOf(copy);
    process.env['TZ'] = before ?? '';
    expect(digest('sha256', bytes)).toBe(digest('sha256', (await archiveOf(DIST)).bytes));
  });

  test('makes other bytes of one changed file', async () => {
    await writeFile(path.join(copy, 'LICENSE'), 'all rights reserved');
    expect((await archiveOf(copy)).bytes).not.toEqual((await archiveOf(DIST)).bytes);
  });

  test('tells a signed plugin by its manifest, and packs that too', async () => {
    const unsigned = await archiveOf(copy);
    await writeFile(path.join(copy, 'MANIFEST.txt'), 'signed');
    const signed = await archiveOf(copy);
    expect([unsigned.signed, signed.signed]).toEqual([false, true]);
    expect(signed.files).toBe(unsigned.files + 1);
  });
});

test('digests are those of the standards', () => {
  const abc = new TextEncoder().encode('abc');
  expect(digest('sha1', abc)).toBe('a9993e364706816aba3e25717850c26c9cd0d89d');
  expect(digest('sha256', abc)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

/** The Unix modes in a zip's central directory (APPNOTE 4.3.12). */
function modesIn(zip: Uint8Array): number[] {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength);
  const end = zip.byteLength - 22;
  const modes: number[] = [];
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    modes.push(view.getUint16(at + 40, true));
    at += 46 + [28, 30, 32].reduce((sum, field) => sum + view.getUint16(at + field, true), 0);
  }
  return modes;
}
