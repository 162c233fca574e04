/** How many instructions a program has: what its cost can be held to without a clock. */
import { execFileSync } from 'node:child_process';

/** Numbers by `signal/program`, or by `signal/program what` where there are several. */
export type Counts = Record<string, number>;

/** bpf/budget.json: of the objects as compiled, and of what each kernel of the lab made of them. */
export type Budget = Record<string, Counts>;

const BYTES_OF_AN_INSTRUCTION = 8;

/** The instructions of every function of an object, those of subprograms apart. */
export function compiledInstructions(signal: string, object: string): Counts {
  const symbols = execFileSync('llvm-nm', ['--print-size', '--defined-only', object], { encoding: 'utf8' });
  const functions = [...symbols.matchAll(/^[0-9a-f]+ ([0-9a-f]+) [tT] (\S+)$/gm)]
    .map(([, size, name]) => [`${signal}/${name}`, parseInt(size!, 16) / BYTES_OF_AN_INSTRUCTION] as const)
    // The targets of jumps are symbols too, without a size.
    .filter(([, instructions]) => instructions > 0);
  return Object.fromEntries(functions);
}

/**
 * What is over its budget, a sentence each. `tolerance` is a share of 1: a kernel's update may bring another verifier. What has
 * no budget yet is over it; what is less than it was passes.
 */
export function overBudget(ground: string, counts: Counts, budget: Counts, tolerance = 0): string[] {
  return Object.entries(counts).flatMap(([what, is]) => {
    const was = budget[what];
    if (was === undefined) return [`${what} (${ground}) has ${is} and no budget`];
    return is > was * (1 + tolerance) ? [`${what} (${ground}) has ${is}, and its budget is ${was}`] : [];
  });
}

export const REMEDY =
  'Make it smaller; or, if what it does is worth it, record it anew with `npm run bpf:budget` (and `npm run bpf:budget -- 6.1 6.12` for the lab) and say why.';
