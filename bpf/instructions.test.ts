import { expect, it } from 'vitest';
import { overBudget } from './instructions.js';

it('names what grew and what has no budget, and lets go what shrank', () => {
  const counts = { 'a/grown': 101, 'a/same': 7, 'a/less': 1, 'a/new': 3 };
  expect(overBudget('compiled', counts, { 'a/grown': 100, 'a/same': 7, 'a/less': 2, 'a/gone': 9 })).toEqual([
    'a/grown (compiled) has 101, and its budget is 100',
    'a/new (compiled) has 3 and no budget',
  ]);
});

it('allows a kernel what its verifier may change', () => {
  expect(overBudget('6.1', { 'a/b': 110 }, { 'a/b': 100 }, 0.1)).toEqual([]);
  expect(overBudget('6.1', { 'a/b': 111 }, { 'a/b': 100 }, 0.1)).toHaveLength(1);
});
