import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Opened, PLUGIN } from './opened.testing';

let archive: Opened;
beforeAll(async () => {
  archive = await Opened.archive();
});

describe('README.md', () => {
  test('has only links that work from any page', () => {
    for (const [, , url] of archive.text('README.md').matchAll(/\[(.+?)\]\((\S+?)( "[^"]*")?\)/g)) {
      expect(url).toMatch(/^(https:\/\/|#)/);
    }
  });

  test("shows every screenshot, from the archive's own place in the catalog, with words for who cannot see it", () => {
    const { id, info } = archive.metadata;
    const shown = [...archive.text('README.md').matchAll(/!\[([^\]]*)\]\((\S+)\)/g)];
    expect(shown.map(([, , url]) => url)).toEqual(
      info.screenshots.map(
        ({ path: file }) => `https://grafana.com/api/plugins/${id}/versions/${info.version}/images/${file}`,
      ),
    );
    for (const [, words] of shown) expect(words!.length).toBeGreaterThan(20);
  });

  test('names every query that the panel reads', () => {
    const readme = archive.text('README.md');
    for (const query of ['throughput', 'cost', 'loss', 'exits', 'payer', 'cores', 'carried', 'dropped']) {
      expect(readme).toContain(`| \`${query}\``);
    }
  });

  test('is about using the panel: no template, no comment, no work of developers, no installation', () => {
    const readme = archive.text('README.md');
    expect(readme.length).toBeGreaterThan(2000);
    expect(readme).not.toMatch(/<!--|Plugin Template|TODO|lorem ipsum/i);
    expect(readme).not.toMatch(/\b(npm|yarn|nodejs|webpack|grafana-cli)\b/i);
    expect(readme).not.toMatch(/^#+ (Install|Develop|Contribut)/im);
  });
});

describe('CHANGELOG.md', () => {
  test('keeps a changelog: releases from the newest, each with its day and the kinds of its changes', () => {
    const changelog = archive.text('CHANGELOG.md');
    const headings = [...changelog.matchAll(/^(#{2,}) (.+)$/gm)];
    const releases = headings.filter(([, level]) => level === '##').map(([, , text]) => text!);
    expect(releases[0]).toContain(`[${archive.metadata.info.version}]`);
    for (const release of releases) expect(release).toMatch(/^\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}$/);
    expect(releases).toEqual(releases.toSorted().reverse());
    for (const [, level, kind] of headings) {
      if (level === '###')
        expect(['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security']).toContain(kind);
    }
  });
});

describe('LICENSE', () => {
  test("is this repository's, Apache 2.0, and filled in", () => {
    const licence = archive.text('LICENSE');
    expect(licence).toBe(readFileSync(path.join(PLUGIN, '../LICENSE'), 'utf8'));
    expect(licence).toMatch(/Apache License\s+Version 2\.0, January 2004/);
    expect(licence).not.toMatch(/\{(yyyy|name of copyright owner)\}/);
  });
});
