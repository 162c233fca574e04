import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import packageJson from '../package.json';
import { Opened, PLUGIN } from './opened.testing';

let archive: Opened;
beforeAll(async () => {
  archive = await Opened.archive();
});

describe('plugin.json', () => {
  test('has an id of organisation, name and type, and a name that people can read', () => {
    const { id, name, type } = archive.metadata;
    expect([id, name, type]).toEqual(['trapline-capturecost-panel', 'Capture cost', 'panel']);
    expect(id).toMatch(/^[0-9a-z]+-[0-9a-z]+-panel$/);
  });

  test('is the only one', () => {
    expect(archive.files.filter((file) => file.endsWith('plugin.json'))).toEqual(['plugin.json']);
  });

  test('has only what its schema knows', () => {
    const { info, dependencies, ...rest } = archive.metadata;
    expect(Object.keys(rest).sort()).toEqual(['$schema', 'buildMode', 'id', 'name', 'suggestions', 'type']);
    expect(Object.keys(info).sort()).toEqual([
      'author',
      'description',
      'keywords',
      'links',
      'logos',
      'screenshots',
      'updated',
      'version',
    ]);
    expect(Object.keys(dependencies).sort()).toEqual(['grafanaDependency', 'plugins']);
  });

  // Since Grafana 13 the supplier of a panel is called only where its plugin.json has this flag.
  test('has the flag that lets Grafana call its suggestions supplier', () => {
    expect(archive.metadata.suggestions).toBe(true);
    expect(archive.text('module.js')).toContain('setSuggestionsSupplier');
  });

  test('has the version of package.json and the day it was built', () => {
    const { info } = archive.metadata;
    expect(info.version).toBe(packageJson.version);
    expect(info.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(new Date(info.updated).toISOString().slice(0, 10)).toBe(info.updated);
  });

  test('leaves no template variable, there or in the read-me', () => {
    expect(archive.text('plugin.json') + archive.text('README.md')).not.toMatch(
      /%(VERSION|TODAY|PLUGIN_ID)%/,
    );
  });

  test('can be found: a description, and keywords without a double', () => {
    const { description, keywords } = archive.metadata.info;
    expect(description.length).toBeGreaterThan(20);
    expect(keywords.length).toBeGreaterThan(3);
    expect(new Set(keywords.map((word) => word.toLowerCase())).size).toBe(keywords.length);
  });

  test('names author and links, each link once and encrypted', () => {
    const { author, links } = archive.metadata.info;
    expect(author.name).toBe('Trapline');
    expect(links.length).toBeGreaterThan(0);
    for (const { name, url } of links) {
      expect(name).not.toBe('');
      expect(new URL(url).protocol).toBe('https:');
    }
  });

  test('was built for production by create-plugin', () => {
    expect(archive.metadata.buildMode).toBe('production');
    expect(archive.text('module.js')).toContain(
      `[create-plugin] plugin: ${archive.metadata.id}@${packageJson.version}`,
    );
    const webpack = readFileSync(path.join(PLUGIN, '.config/webpack/webpack.config.ts'), 'utf8');
    expect(webpack).toContain('@grafana/create-plugin');
    expect(Object.values(packageJson.scripts).join()).not.toContain('toolkit');
  });

  test('asks for a release and all after it, and what is built against is among them', () => {
    const range = archive.metadata.dependencies.grafanaDependency;
    expect(range).toMatch(/^>=\d+\.\d+\.\d+$/);
    const oldest = numbers(range.slice(2));
    for (const [name, version] of Object.entries(packageJson.dependencies)) {
      if (name.startsWith('@grafana/')) expect(numbers(version) >= oldest).toBe(true);
    }
  });
});

describe('pictures', () => {
  test('are in the archive under the plain paths that plugin.json gives', () => {
    const { logos, screenshots } = archive.metadata.info;
    for (const picture of [logos.small, logos.large, ...screenshots.map((shot) => shot.path)]) {
      expect(picture).toMatch(/^img\/[a-z-]+\.(svg|png)$/);
      expect(archive.files).toContain(picture);
    }
  });

  test('show every view, with a name, as PNG of a size that a catalog can show', () => {
    const { screenshots } = archive.metadata.info;
    expect(screenshots.map((shot) => shot.path)).toEqual(
      ['correlation', 'timeline', 'budget', 'path'].map((view) => `img/${view}.png`),
    );
    for (const { name, path: file } of screenshots) {
      expect(name).not.toBe('');
      const bytes = Buffer.from(archive.bytes(file));
      expect(bytes.subarray(0, 8)).toEqual(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
      expect(bytes.readUInt32BE(16)).toBeGreaterThanOrEqual(1000);
      expect(bytes.length).toBeLessThan(200_000);
    }
  });

  test('logos are drawings that do nothing', () => {
    for (const logo of archive.files.filter((file) => file.endsWith('.svg'))) {
      const drawing = archive.text(logo);
      for (const [, element, attributes] of drawing.matchAll(/<([a-zA-Z]+)([^>]*)>/g)) {
        expect(['svg', 'title', 'g', 'rect', 'path', 'circle', 'line', 'polyline']).toContain(element);
        expect(attributes).not.toMatch(/\b(on\w+|href|style)\s*=/i);
      }
      expect(drawing).toMatch(/^<svg [^>]*viewBox/);
    }
  });
});

/** A version as a number that sorts as versions do. */
function numbers(version: string): number {
  return version.split('.').reduce((sum, part) => sum * 1000 + Number(part), 0);
}
