/** Kernel code from `start` to the start of the next range. */
export interface CodeRange<Label> {
  start: bigint;
  /** Undefined where the code is not listed. */
  label: Label | undefined;
}

/** The label of a function by its name, without what compilers add, and its module; empty for the kernel itself. */
export type Classifier<Label> = (name: string, module: string) => Label | undefined;

/** A function as /proc/kallsyms lists it; its end is the start of the next one. */
interface KernelFunction<Label> {
  address: Address;
  label: Label | undefined;
  module: string;
}

/** Of 64 bits with a sign: where kernels lie that is near enough to 0 for a number to hold it exactly. */
type Address = number;

/** A line that tells a function: address in two halves, a type of text, name, module. Others tell data or are not understood. */
const FUNCTION = /^([0-9a-f]{8})([0-9a-f]{8}) [tTwW] (\S+)(?:\t\[([^\]\s]+)\])?$/;

/** What gcc adds to parts of a function, and what 6.2 puts before it. */
const DECORATION = /^__pfx_|\..*$/g;

/** What stands instead of an address for who may not know it. */
const HIDDEN: Address = 0;

/** How much a module's last function gets: where it ends is not known, and the next symbol may be far away. */
const LAST_FUNCTION = 4096;

/**
 * The listed ranges of kernel code in the order of their addresses, as few as there can be, from the lines of kallsyms. Empty
 * where it hides the addresses, which are 0 then.
 */
export function codeRanges<Label>(
  kallsyms: Iterable<string>,
  classify: Classifier<Label>,
): CodeRange<Label>[] {
  const ranges: CodeRange<Label>[] = [];
  const append = (address: Address, label: Label | undefined): void => {
    if (ranges.at(-1)?.label !== label) ranges.push({ start: BigInt.asUintN(64, BigInt(address)), label });
  };
  let before: KernelFunction<Label> | undefined;
  for (const each of new Functions(kallsyms, classify).inOrder()) {
    if (before?.label && before.module !== each.module && each.address > before.address + LAST_FUNCTION)
      append(before.address + LAST_FUNCTION, undefined);
    append(each.address, each.label);
    before = each;
  }
  if (before?.label) append(before.address + LAST_FUNCTION, undefined);
  return ranges;
}

/** Some hundred thousand functions, without an object for each: the heap would stay as large as that once made it. */
class Functions<Label> {
  readonly #addresses: Address[] = [];
  readonly #labels: (Label | undefined)[] = [];
  readonly #modules: string[] = [];

  constructor(kallsyms: Iterable<string>, classify: Classifier<Label>) {
    const modules = new Map<string, string>();
    for (const line of kallsyms) {
      const [, high, low, name, inModule = ''] = FUNCTION.exec(line) ?? [];
      if (name === undefined) continue;
      const module = modules.get(inModule) ?? inModule;
      modules.set(module, module);
      this.#addresses.push((parseInt(high!, 16) | 0) * 2 ** 32 + parseInt(low!, 16));
      this.#labels.push(classify(name.replace(DECORATION, ''), module));
      this.#modules.push(module);
    }
  }

  /** By address. Of names for one address a listed one counts. */
  *inOrder(): Generator<KernelFunction<Label>> {
    const addresses = this.#addresses;
    const order = Uint32Array.from(addresses.keys()).sort((a, b) => addresses[a]! - addresses[b]!);
    for (let i = 0; i < order.length;) {
      const address = addresses[order[i]!]!;
      const module = this.#modules[order[i]!]!;
      let label: Label | undefined;
      for (; addresses[order[i]!] === address; i++) label ??= this.#labels[order[i]!];
      if (address !== HIDDEN) yield { address, label, module };
    }
  }
}
