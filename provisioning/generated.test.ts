import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generatedFiles } from './generate.js';

test.for([...generatedFiles()])('%s is what `npm run dashboards` writes', ([path, content]) => {
  expect(readFileSync(new URL(path, import.meta.url), 'utf8')).toBe(content);
});
