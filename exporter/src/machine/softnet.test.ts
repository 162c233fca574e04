import { expect, it } from 'vitest';
import { parseSoftnet } from './softnet.js';

const zeros = (count: number): string => ' 00000000'.repeat(count);

it('reads 11 columns (5.4) by the order of lines', () => {
  const text = `0000a1b2 00000003 0000000f${zeros(8)}\nffffffff 00000000 00000000${zeros(8)}\n`;
  expect(parseSoftnet(text)).toEqual([
    { cpu: 0, processed: 0xa1b2, dropped: 3, squeezed: 15 },
    { cpu: 1, processed: 0xffffffff, dropped: 0, squeezed: 0 },
  ]);
});

it.each([
  ['13 columns (5.10 to 6.1)', ''],
  ['15 columns (since 6.6)', zeros(2)],
])('reads %s with the CPU they name', (_, more) => {
  const text = `00000001 00000002 00000003${zeros(9)} 00000000${more}
00000004 00000005 00000006${zeros(9)} 0000000c${more}\n`;
  expect(parseSoftnet(text)).toEqual([
    { cpu: 0, processed: 1, dropped: 2, squeezed: 3 },
    { cpu: 12, processed: 4, dropped: 5, squeezed: 6 },
  ]);
});

it('skips what is not of that form', () => {
  expect(parseSoftnet('')).toEqual([]);
  expect(parseSoftnet('00000001 0000000g 00000003\n00000001 00000002\n\n')).toEqual([]);
});
