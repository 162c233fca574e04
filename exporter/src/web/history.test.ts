import { expect, it } from 'vitest';
import { History } from './history.js';

it('keeps samples in their order and forgets those too old', () => {
  const history = new History(1000, 1e6);
  expect(history.toJson()).toBe('[]');
  for (const t of [0, 500, 1000]) history.add(t, String(t));
  expect(history.toJson()).toBe('[0,500,1000]');
  history.add(1501, '1501');
  expect(history.toJson()).toBe('[1000,1501]');
});

it('stays within its bytes', () => {
  const history = new History(1e9, 10);
  for (const json of ['1111', '2222', '33']) history.add(0, json);
  expect(history.toJson()).toBe('[1111,2222,33]');
  history.add(0, '4');
  expect(history.toJson()).toBe('[2222,33,4]');
  history.add(0, '5'.repeat(11));
  expect(history.toJson()).toBe('[]');
});
