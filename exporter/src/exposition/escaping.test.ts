import fc from 'fast-check';
import { expect, it } from 'vitest';
import { gauge } from './metric.js';
import { Collection, linesOf } from './collection.js';
import { render, type Format } from './writer.js';

const names = gauge('trapline_names', 'Names.', ['a', 'b']);

/** Reads the label values of one sample line as the format defines them. */
function labelValues(line: string): string[] {
  return [...line.matchAll(/[{,][a-z]+="((?:[^"\\\n]|\\.)*)"/g)].map(([, escaped]) =>
    escaped!.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c)),
  );
}

const hostile = fc.string({
  unit: fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom(
      '"',
      '\\',
      '\n',
      '\r',
      '{',
      '}',
      ',',
      '=',
      ' ',
      '#',
      '\ud800',
      '\udfff',
      '😀',
      '\0',
      '\u2028',
    ),
  ),
});

it.each<Format>(['text', 'openmetrics'])('any label value comes back from %s', async (format) => {
  await fc.assert(
    fc.asyncProperty(hostile, hostile, async (a, b) => {
      const collection = new Collection(linesOf([names]));
      collection.sample(names, [a, b], 1);
      const lines = Buffer.concat(render(collection.families, format))
        .toString()
        .split('\n')
        .filter((l) => !/^(#|$)/.test(l));
      expect(lines).toHaveLength(1);
      // UTF-8 itself turns lone surrogates into U+FFFD.
      expect(labelValues(lines[0]!)).toEqual([a, b].map((text) => Buffer.from(text).toString()));
    }),
  );
});
