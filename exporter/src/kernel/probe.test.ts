import { describe, expect, it } from 'vitest';
import { parseCpus } from './probe.js';

describe('parseCpus', () => {
  it.each([
    ['0', [0]],
    ['0-3', [0, 1, 2, 3]],
    ['0-1,3,8-9', [0, 1, 3, 8, 9]],
  ])('reads %s', (list, cpus) => expect(parseCpus(list)).toEqual(cpus));
});
