import { expect, test } from 'vitest';
import { toCsv } from './csv';
import { fileName } from './download';
import { words, type Cell } from './table';

const csv = (rows: ReadonlyArray<readonly Cell[]>) =>
  toCsv({
    caption: '',
    columns: [
      { title: 'VM', words: true },
      { title: 'Cost', unit: 's/s' },
    ],
    count: rows.length,
    row: (i) => rows[i]!,
  });
const cost: Cell = { text: '1.5 %', value: 0.015 };

test('writes a header with units and the numbers as they are, each line ended by CRLF', () => {
  expect(
    csv([
      [words('a'), cost],
      [words('b'), { text: '–', value: null }],
    ]),
  ).toBe('VM,Cost (s/s)\r\na,0.015\r\nb,\r\n');
});

test('a gap and what is no number are empty, a number below zero is no formula', () => {
  const values = [null, NaN, Infinity, -0.5, 0];
  expect(
    csv(values.map((value) => [words('a'), { text: '', value }]))
      .split('\r\n')
      .slice(1, -1),
  ).toEqual(['a,', 'a,', 'a,', 'a,-0.5', 'a,0']);
});

test.each([
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\nlines', '"two\nlines"'],
  ['two\r\nlines', '"two\r\nlines"'],
  [' spaced', '" spaced"'],
  ['=1+1', "'=1+1"],
  ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['\r=1', `"'\r=1"`],
  ['＝1', "'＝1"],
  ['ids-1', 'ids-1'],
  ['a"b\nc{},🦈', '"a""b\nc{},🦈"'],
])('the hostile name %j is written as %j', (name, written) => {
  expect(csv([[words(name), cost]])).toBe(`VM,Cost (s/s)\r\n${written},0.015\r\n`);
});

test('file names hold nothing that a system refuses', () => {
  expect(fileName(['Capture cost: <ids/1>', 'path'], new Date(Date.UTC(2026, 10, 22, 9)), 'csv')).toBe(
    'capture-cost-ids-1-path-2026-11-22T09-00-00Z.csv',
  );
  expect(fileName(['…', ''], new Date(0), 'png')).toBe('1970-01-01T00-00-00Z.png');
});
