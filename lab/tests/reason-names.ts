import { reasonOf } from '../../exporter/src/collectors/vm_exit/reasons.js';
import { code_space } from '../../exporter/src/kernel/layouts.generated.js';

/** A code that the running kernel and Trapline call differently. */
export interface Disagreement {
  space: number;
  code: number;
  kernel: string;
  trapline: string;
}

/** Holds our names against both tables in the `print fmt` of the kernel's kvm_exit: first VMX, then SVM. */
export function disagreements(format: string): { compared: number; different: Disagreement[] } {
  const tables = [...format.matchAll(/__print_symbolic\(REC->exit_reason[^,]*,(.*?\})\)/gs)].map(
    ([, table]) => table!,
  );
  const spaces = [code_space.SPACE_VMX, code_space.SPACE_SVM];
  const all = tables.flatMap((table, i) =>
    [...table.matchAll(/\{ ([^,]+), "([^"]+)" \}/g)].map(([, code, kernel]): Disagreement => {
      const number = valueOf(code!);
      const { reason } = reasonOf(spaces[i]!, number);
      return { space: spaces[i]!, code: number, kernel: kernel!, trapline: reason };
    }),
  );
  return { compared: all.length, different: all.filter(({ kernel, trapline }) => kernel !== trapline) };
}

/** Codes are numbers or sums of two, as `0x040 + 14`. */
const valueOf = (code: string): number => code.split('+').reduce((sum, part) => sum + Number(part), 0) >>> 0;
