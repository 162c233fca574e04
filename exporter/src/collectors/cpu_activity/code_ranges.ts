import { listings, type Activity, type Listing } from './activities.js';

/** Kernel code from `start` to the start of the next range. */
export interface CodeRange {
  start: bigint;
  /** Undefined where the code is not listed. */
  activity: Activity | undefined;
}

/** A function as /proc/kallsyms tells it; its end is the start of the next one. */
interface KernelFunction {
  /** 16 hexadecimal digits, which sort as the numbers do and cost less than numbers of 64 bits. */
  address: string;
  activity: Activity | undefined;
  /** Empty for the kernel itself. */
  module: string;
}

/** A line that tells a function: address, a type of text, name, module. Others tell data or are not understood. */
const FUNCTION = /^([0-9a-f]{16}) [tTwW] (\S+)(?:\t\[([^\]\s]+)\])?$/gm;

/** What gcc adds to parts of a function, and what 6.2 puts before it. */
const DECORATION = /^__pfx_|\..*$/g;

/** What is told instead of an address to who may not know it. */
const HIDDEN = '0'.repeat(16);

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
  for (const [i, { address, activity, module }] of functions.entries()) {
    if (ranges.at(-1)?.activity === activity && !activity) continue;
    const start = BigInt(`0x${address}`);
    append(start, activity);
    const next = functions[i + 1];
    const end = start + LAST_FUNCTION;
    if (activity && next?.module !== module && (!next || BigInt(`0x${next.address}`) > end))
      append(end, undefined);
  }
  return ranges;
}

/** In the order of their addresses. Of names for one address a listed one counts. */
function parseFunctions(kallsyms: string, classify: Classifier): KernelFunction[] {
  const all: KernelFunction[] = [];
  for (const [, address, name, module = ''] of kallsyms.matchAll(FUNCTION))
    all.push({ address: address!, activity: classify(name!.replace(DECORATION, ''), module), module });
  all.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
  const functions: KernelFunction[] = [];
  for (const each of all) {
    const same = functions.at(-1);
    if (same?.address === each.address) same.activity ??= each.activity;
    else if (each.address !== HIDDEN) functions.push(each);
  }
  return functions;
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
