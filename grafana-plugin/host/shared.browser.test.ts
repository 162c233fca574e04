import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';

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
