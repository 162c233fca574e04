import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

/** The main rules by which Grafana's catalog judges a plugin's archive, on the plugin as built. */
const DIST = path.join(import.meta.dirname, '../dist');
const read = (file: string): string => readFileSync(path.join(DIST, file), 'utf8');
const files = readdirSync(DIST, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => path.relative(DIST, path.join(entry.parentPath, entry.name)));

describe('plugin.json', () => {
  const plugin = JSON.parse(read('plugin.json'));
  const { version } = JSON.parse(readFileSync(path.join(DIST, '../package.json'), 'utf8'));

  test('has an id of organisation, name and type', () => {
    expect(plugin.id).toBe('trapline-capturecost-panel');
    expect(plugin.id).toMatch(/^[a-z0-9]+-[a-z0-9]+-panel$/);
    expect(plugin.type).toBe('panel');
    expect(plugin.name).toBe('Capture cost');
  });

  test('tells who made what and when', () => {
    expect(plugin.info.author.name).toBe('Trapline');
    expect(plugin.info.description.length).toBeGreaterThan(20);
    expect(plugin.info.keywords.length).toBeGreaterThan(0);
    expect(plugin.info.version).toBe(version);
    expect(plugin.info.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(plugin.info.updated).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });

  test('says which Grafana it needs, and was built for production', () => {
    expect(plugin.dependencies.grafanaDependency).toBe('>=13.2.0');
    expect(plugin.buildMode).toBe('production');
  });

  test('leaves no template variable', () => {
    expect(read('plugin.json') + read('README.md')).not.toMatch(/%(VERSION|TODAY|PLUGIN_ID)%/);
  });

  test('names pictures that exist, and logos that are no placeholder', () => {
    const { logos, screenshots } = plugin.info;
    for (const picture of [
      logos.small,
      logos.large,
      ...screenshots.map((shot: { path: string }) => shot.path),
    ]) {
      expect(files).toContain(picture);
    }
    expect(read(logos.small)).toMatch(/^<svg [^>]*viewBox[\s\S]+<path/);
    expect(read(logos.small)).not.toMatch(/<script|onload|href/);
  });
});

describe('the archive', () => {
  test('holds what the catalog wants and nothing else', () => {
    expect(files.toSorted()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'img/logo-large.svg',
      'img/logo.svg',
      'module.js',
      'module.js.map',
      'plugin.json',
    ]);
  });

  test('has a licence, a read-me and a changelog for this version', () => {
    expect(read('LICENSE')).toContain('Apache License');
    expect(read('README.md').length).toBeGreaterThan(800);
    expect(read('README.md')).not.toMatch(/\bTODO\b|lorem ipsum/i);
    expect(read('CHANGELOG.md')).toContain(`## ${JSON.parse(read('plugin.json')).info.version}`);
  });

  test('holds no absolute path and no leftover', () => {
    expect(files.filter((file) => /(^|\/)(\.|node_modules|.*\.(ts|tsx|env|pem|exe)$)/.test(file))).toEqual(
      [],
    );
    expect(read('module.js')).not.toMatch(/\/(home|root|work|Users)\//);
  });
});

describe('module.js', () => {
  const code = read('module.js');

  test('is an AMD module that brings no copy of what Grafana shares', () => {
    const [, names] = /define\(\[([^\]]*)\]/.exec(code)!;
    expect(
      names!
        .split(',')
        .map((name) => name.replaceAll('"', ''))
        .toSorted(),
    ).toEqual(['@emotion/css', '@grafana/data', '@grafana/ui', 'module', 'react', 'react/jsx-runtime']);
    expect(statSync(path.join(DIST, 'module.js')).size).toBeLessThan(150_000);
  });

  test('uses nothing that the catalog forbids', () => {
    for (const forbidden of [
      /\beval\(/,
      /new Function\(/,
      /grafanaBootData/,
      /@grafana\/toolkit/,
      /\.innerHTML\s*=/,
      /document\.write/,
    ]) {
      expect(code).not.toMatch(forbidden);
    }
  });

  test('carries the mark of create-plugin', () => {
    expect(code).toContain('[create-plugin] version: 7.1.7');
    expect(code).toContain('[create-plugin] plugin: trapline-capturecost-panel@');
  });

  test('its source map leads to every source', () => {
    const map = JSON.parse(read('module.js.map'));
    expect(map.sources.some((source: string) => source.endsWith('module.ts'))).toBe(true);
    expect(map.sourcesContent).toHaveLength(map.sources.length);
  });
});

describe('the page', () => {
  const root = path.join(import.meta.dirname, '..');
  const sources = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.includes('.test'))
    .map((file) => readFileSync(path.join(root, 'src', file), 'utf8'));

  test.each([
    ['@grafana/ui', 'ui.ts'],
    ['@grafana/data', 'data.ts'],
  ])('shares exactly what the panel takes from %s', (from, file) => {
    const taken = sources.flatMap((source) => namesIn(source, 'import', from));
    const shared = namesIn(readFileSync(path.join(root, 'host/src/shared', file), 'utf8'), 'export', from);
    expect(shared.toSorted()).toEqual([...new Set(taken)].toSorted());
  });
});

/** Names that a source imports from, or passes on from, a package; types are none. */
function namesIn(source: string, verb: 'import' | 'export', from: string): string[] {
  const pattern = new RegExp(`^${verb} \\{([^}]*)\\} from '${from}'`, 'gm');
  return [...source.matchAll(pattern)].flatMap(([, names]) =>
    names!
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name && !name.startsWith('type ')),
  );
}
