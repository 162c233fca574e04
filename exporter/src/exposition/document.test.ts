import { expect, it } from 'vitest';
import { renderReference } from './document.js';
import { counter, histogram } from './metric.js';

it('documents each metric once, with its labels, buckets and meaning', () => {
  const metrics = [
    counter('trapline_a_total', 'Things <b> | others.', ['vm', 'class'], 'Since <c> | Linux 6.1.'),
    histogram('trapline_b_seconds', 'Waits.', [], [0.5, 1, 2]),
  ];
  const text = renderReference([{ name: 'test', help: 'A test', metrics }]);
  expect(text).toContain(`## Collector \`test\`

A test.

| metric | type | labels | meaning |
|---|---|---|---|
| \`trapline_a_total\` | counter | \`vm\`, \`class\` | Things &lt;b> \\| others. Since &lt;c> \\| Linux 6.1. |
| \`trapline_b_seconds\` | histogram |  | Waits. 3 buckets from 0.5 to 2. |

## The exporter itself
`);
  expect(text.match(/trapline_collector_up/g)).toHaveLength(1);
});
