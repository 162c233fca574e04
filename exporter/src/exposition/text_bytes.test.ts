import fc from 'fast-check';
import { expect, it } from 'vitest';
import { byteString, TextBytes } from './text_bytes.js';

const text = fc.string({ unit: 'binary' });
const long = fc
  .tuple(text, fc.integer({ min: 0, max: 40_000 }))
  .map(([start, length]) => start + 'x'.repeat(length));
const part = fc.oneof(
  fc.record({ write: text }),
  fc.record({ line: fc.oneof(text, long) }),
  fc.record({ append: fc.oneof(text, long) }),
);

it('is all that was added, in order and in UTF-8', () => {
  fc.assert(
    fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
      const bytes = new TextBytes();
      let expected = '';
      for (const each of parts) {
        if ('write' in each) bytes.write(byteString(each.write));
        else if ('line' in each) bytes.line(byteString(each.line), '1');
        else bytes.append(Buffer.from(each.append));
        expected += 'write' in each ? each.write : 'line' in each ? `${each.line}1\n` : each.append;
        expect(bytes.empty).toBe(expected === '');
      }
      expect(Buffer.concat(bytes.pieces).equals(Buffer.from(expected))).toBe(true);
    }),
  );
});
