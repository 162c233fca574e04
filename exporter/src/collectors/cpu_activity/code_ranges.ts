import { listings, type Activity, type Listing } from './activities.js';

/** Kernel code from `start` to the start of the next range. */
export interface CodeRange {
  start: bigint;
  /** Undefined where the code is not listed. */
  activity: Activity | undefined;
}

/** A function as /proc/kallsyms tells it; its end is the start of the next one. */
interface KernelFunction {
  start: bigint;
  activity: Activity | undefined;
  /** Empty for the kernel itself. */
  module: string;
}

/** A line that tells a function: address, a type of text, name, module. Others tell data or are not understood. */
const FUNCTION = /^([0-9a-f]{16}) [tTwW] (\S+)(?:\t\[([^\]\s]+)\])?$/gm;

/** What gcc adds to parts of a function, and what 6.2 puts before it. */
const DECORATION = /^__pfx_|\..*$/g;

/** How much a module's last function gets: where it ends is not told, and the next symbol may be far away. */
const LAST_FUNCTION = 4096n;

/**
 * The listed ranges of kernel code in the order of their addresses, as few as there can be. Empty where kallsyms hides the
 * addresses, which are 0 then.
 */
export function codeRanges(kallsyms: string, classify = classifier(listings)): CodeRange[] {
  const ranges: CodeRange[] = [];
  const append = (start: bigint, activity: Activity | undefined): void => {
    if (ranges.at(-1)?.activity !== activity) ranges.push({ start, activity });
  };
  const functions = parseFunctions(kallsyms, classify);
  for (const [i, { start, activity, module }] of functions.entries()) {
    append(start, activity);
    const next = functions[i + 1];
    const end = start + LAST_FUNCTION;
    if (activity && next?.module !== module && (!next || next.start > end)) append(end, undefined);
  }
  return ranges;
}

/** In the order of their addresses. Of names for one address a listed one counts. */
function parseFunctions(kallsyms: string, classify: Classifier): KernelFunction[] {
  const functions = new Map<bigint, KernelFunction>();
  for (const [, address, name, module = ''] of kallsyms.matchAll(FUNCTION)) {
    const start = BigInt(`0x${address}`);
    if (start === 0n || functions.get(start)?.activity) continue;
    functions.set(start, { start, activity: classify(name!.replace(DECORATION, ''), module), module });
  }
  return [...BigUint64Array.from(functions.keys()).sort()].map((start) => functions.get(start)!);
}

type Classifier = (name: string, module: string) => Activity | undefined;

/** Makes a function that tells the activity of a function by its name and module. */
export function classifier(table: readonly Listing[]): Classifier {
  const rules = table.map(({ activity, modules = [], functions = [] }) => ({
    activity,
    modules: new Set(modules),
    names: new RegExp(`^(?:${functions.map((name) => name.replaceAll('*', '.*')).join('|') || '(?!)'})$`),
  }));
  return (name, module) =>
    rules.find(({ modules, names }) => modules.has(module) || names.test(name))?.activity;
}
