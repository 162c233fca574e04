/** The text of a plan: its values by path, each with its place, so that whatever turns out wrong can be shown there. */
import { LineCounter, isAlias, isMap, isScalar, parseAllDocuments, type Document, type Node } from 'yaml';
import type { Complaint } from './complaint.js';

/** A plan file as YAML. */
export class PlanDocument {
  readonly complaints: Complaint[] = [];
  readonly root: Node | null;
  readonly #lines = new LineCounter();
  readonly #document: Document | undefined;
  /** Offsets in the file, by path. */
  readonly #places = new Map<string, number>();

  constructor(text: string) {
    const documents = parseAllDocuments(text, { lineCounter: this.#lines, prettyErrors: false });
    const [first, second] = 'empty' in documents ? [] : (documents as Document[]);
    this.#document = first;
    this.root = first?.contents as Node | null;
    for (const error of first?.errors ?? []) this.complainAt(error.pos[0], `${error.message}.`);
    if (second) this.complainAt(second.range?.[0] ?? 0, 'A second document begins here; a plan is one.');
  }

  /** Follows an alias (`*name`). */
  resolve(node: unknown): Node | undefined {
    return (isAlias(node) ? node.resolve(this.#document!) : node) as Node | undefined;
  }

  /** Remembers where a value is. */
  locate(path: string, node: unknown): void {
    const start = (node as Node | null)?.range?.[0];
    if (start !== undefined) this.#places.set(path, start);
  }

  /** Says what is wrong with the value at a path, or with what it would be in. */
  complain(path: string, message: string): void {
    this.complainAt(this.#offset(path), message);
  }

  complainAt(offset: number, message: string): void {
    const { line, col } = this.#lines.linePos(offset);
    // The first line of an empty file is line 0 to the counter.
    this.complaints.push({ line: Math.max(1, line), column: Math.max(1, col), message });
  }

  /** A complaint for later about the value at a path. */
  at(path: string, message: string): Complaint {
    this.complain(path, message);
    return this.complaints.pop()!;
  }

  #offset(path: string): number {
    const inner = this.#places.get(path);
    if (inner !== undefined || path === '') return inner ?? 0;
    return this.#offset(path.split('.').slice(0, -1).join('.'));
  }
}

/** A node as it is quoted in a sentence: on one line, short. */
export function quoted(node: unknown): string {
  if (node === null) return 'empty';
  if (!isScalar(node)) return isMap(node) ? 'a mapping' : 'a list';
  const text = node.source ?? String(node.value);
  return text === '' ? 'empty' : JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
