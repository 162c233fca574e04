import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { explain, mostTelling, type Refusal } from './refusal.js';

const { EACCES, EINVAL, ESRCH } = constants.errno;

const log = (...lines: string[]): string =>
  [
    "libbpf: prog 'packet_getsockopt': -- BEGIN PROG LOAD LOG --",
    ...lines,
    'processed 12 insns (limit 1000000) max_states_per_insn 0 total_states 1 peak_states 1 mark_read 1',
    '-- END PROG LOAD LOG --',
  ].join('\n');

const otherShape = (): Refusal =>
  explain({
    errno: EACCES,
    said: log(
      "func 'packet_getsockopt' doesn't have 6-th argument",
      'invalid bpf_context access off=40 size=8',
    ),
  });
const verifier = (): Refusal => explain({ errno: EACCES, said: log("R1 invalid mem access 'scalar'") });
const noHook = (): Refusal => explain({ errno: ESRCH, said: '' });
const otherKind = (): Refusal => explain({ errno: EINVAL, said: '' });

describe('explain', () => {
  it.each([
    [otherShape, 'the hook has other arguments in this kernel'],
    [verifier, "refused by the verifier: R1 invalid mem access 'scalar'"],
    [noHook, 'this kernel does not have the hook'],
    [otherKind, 'this kernel does not support it'],
  ])('says in one line what the kernel meant: %#', (refusal, message) => {
    expect(refusal().message).toBe(message);
  });
});

describe('mostTelling', () => {
  it.each([
    ['a true refusal before one for the arguments of other kernels', [otherShape(), verifier()], 1],
    ['in whatever order', [verifier(), otherShape(), noHook()], 0],
    ['other arguments before a hook that is not there', [noHook(), otherShape()], 1],
    ['the first of equals', [otherKind(), verifier()], 0],
  ])('is %s', (_, refusals, index) => {
    expect(mostTelling(refusals)).toBe(refusals[index]);
  });
});
