import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Exposition, renderReference } from '../exposition/index.js';
import { catalogue } from './catalogue.js';

it('docs/metrics.md says what the definitions say (else run: npm run docs)', () => {
  const written = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');
  expect(written).toBe(renderReference(catalogue));
});

it('no two collectors claim one name or one metric', () => {
  const collectors = catalogue.map((description) => ({ ...description, collect: () => {} }));
  const log = { info: () => {}, warn: () => {} };
  const build = { version: '', kernel: '', libbpf: '' };
  expect(() => new Exposition({ collectors, build, log, processMetrics: false })).not.toThrow();
});
