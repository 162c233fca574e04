import { readFileSync } from 'node:fs';
import { hasCapabilities, Refusal, Table } from '../../kernel/index.js';
import { linesOf, readText } from '../../machine/index.js';
import { codeRanges, type Classifier, type CodeRange } from './ranges.js';

/** `<name>_ranges` of DEFINE_CODE_RANGES in bpf/code_ranges.h. */
interface RangeLayout {
  readonly size: number;
  readonly rows: number;
  readonly fields: { start: { type: 'u64'; offset: number }; label: { type: 'u32'; offset: number } };
}

/** Its `<name>_ranges_in_use`. */
interface InUseLayout {
  readonly size: number;
  readonly rows: number;
  readonly fields: { first: { type: 'u32'; offset: number }; count: { type: 'u32'; offset: number } };
}

/** The two tables of one DEFINE_CODE_RANGES. */
export interface CodeTables {
  ranges: { fd: number; layout: RangeLayout };
  inUse: { fd: number; layout: InUseLayout };
}

/**
 * Returns the work that writes into the tables which kernel code has which label, a number above 0: anew when modules have come
 * or gone. It throws `Refusal` where addresses are hidden or the table is too small.
 */
export function codeTeacher(
  { ranges, inUse }: CodeTables,
  classify: Classifier<number>,
  proc = '/proc',
): () => void {
  const table = new Table(ranges.fd, ranges.layout, 'write');
  const half = new Table(inUse.fd, inUse.layout, 'write');
  // One half is read while the other is written.
  const most = ranges.layout.rows / 2;
  let writtenWith: string | undefined;
  return () => {
    const modules = loadedModules(proc);
    if (modules === writtenWith) return;
    const all = codeRanges(linesOf(`${proc}/kallsyms`), classify);
    if (all.length === 0) throw new Refusal(whyHidden(proc));
    demandRoom(all, most);
    const first = half.u32(0, 'first') === 0 ? most : 0;
    for (const [i, { start, label = 0 }] of all.entries()) {
      table.setU64(first + i, 'start', start);
      table.setU32(first + i, 'label', label);
    }
    // An event between the two lines finds too few ranges, and no wrong one.
    half.setU32(0, 'count', 0);
    half.setU32(0, 'first', first);
    half.setU32(0, 'count', all.length);
    writtenWith = modules;
  };
}

/** kallsyms_show_value() in kernel/ksyms_common.c */
function whyHidden(proc: string): string {
  const hides = '/proc/kallsyms hides where functions are';
  if (Number(readText(`${proc}/sys/kernel/kptr_restrict`)) > 1)
    return `${hides}: set kernel.kptr_restrict to 1`;
  if (!hasCapabilities(['CAP_SYSLOG'])) return `${hides}: run as root, or with CAP_SYSLOG`;
  return '/proc/kallsyms names no listed function';
}

function demandRoom(ranges: readonly CodeRange<number>[], most: number): void {
  if (ranges.length > most)
    throw new Refusal(
      `/proc/kallsyms has ${ranges.length} ranges of listed code, more than the ${most} of the table`,
    );
}

/** Names and addresses: a module that was loaded again is somewhere else. Empty in a kernel without modules. */
function loadedModules(proc: string): string {
  let text: string;
  try {
    text = readFileSync(`${proc}/modules`, 'utf8');
  } catch {
    return '';
  }
  return text.replace(/^(\S+) .* (\S+) (0x[0-9a-f]+).*$/gm, '$1 $2 $3');
}
