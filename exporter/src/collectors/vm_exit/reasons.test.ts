import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { code_space } from '../../kernel/index.js';
import { EXIT_CLASSES, reasonOf } from './reasons.js';

describe('reasonOf', () => {
  it.each([
    [code_space.SPACE_VMX, 30, { reason: 'IO_INSTRUCTION', class: 'io' }],
    [code_space.SPACE_VMX, 48, { reason: 'EPT_VIOLATION', class: 'page_fault' }],
    [code_space.SPACE_VMX, 49, { reason: 'EPT_MISCONFIG', class: 'mmio' }],
    [code_space.SPACE_SVM, 0x7b, { reason: 'io', class: 'io' }],
    [code_space.SPACE_SVM, 0x78, { reason: 'hlt', class: 'halt' }],
    [code_space.SPACE_SVM, 0x400, { reason: 'npf', class: 'page_fault' }],
    [code_space.SPACE_SVM, 0x60, { reason: 'interrupt', class: 'interrupt' }],
    [code_space.SPACE_USERSPACE, 2, { reason: 'io', class: 'io' }],
    [code_space.SPACE_USERSPACE, 5, { reason: 'hlt', class: 'halt' }],
    [code_space.SPACE_VMX, 0x7f, { reason: '0x7f', class: 'other' }],
    [code_space.SPACE_SVM, 0x8000_0001, { reason: 'vmgexit_mmio_read', class: 'mmio' }],
    [code_space.SPACE_SVM, 0x4e, { reason: 'PF excp', class: 'other' }],
    [code_space.SPACE_SVM, 0x8000_0009, { reason: '0x80000009', class: 'other' }],
    [7, 0x12, { reason: 'isa_7_0x12', class: 'other' }],
  ])('knows space %i code %i', (space, code, reason) => {
    expect(reasonOf(space, code)).toEqual(reason);
  });

  it('gives every code of a space a name of its own and a known class', () => {
    const spaces = fc.constantFrom(code_space.SPACE_VMX, code_space.SPACE_SVM, code_space.SPACE_USERSPACE, 9);
    const code = fc.oneof(fc.nat(0x500), fc.integer({ min: 0, max: 0xffff_ffff }));
    fc.assert(
      fc.property(spaces, code, code, (space, one, other) => {
        expect(EXIT_CLASSES).toContain(reasonOf(space, one).class);
        expect(reasonOf(space, one).reason === reasonOf(space, other).reason).toBe(one === other);
      }),
    );
  });
});
