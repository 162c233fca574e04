import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import { quoted, type PlanDocument } from './document.js';
import { nearest } from './nearest.js';

/**
 * One mapping of a plan. Its values are asked for by key; what was not asked for by the `end` is unknown. A value that is
 * wrong is complained of and taken for missing; one that must be there and is not is complained of once.
 */
export class Section {
  readonly #document: PlanDocument;
  readonly #path: string;
  readonly #pairs = new Map<string, Node | undefined>();
  readonly #keys = new Map<string, unknown>();
  readonly #asked = new Set<string>();

  private constructor(document: PlanDocument, path: string, map: YAMLMap) {
    this.#document = document;
    this.#path = path;
    for (const { key, value } of map.items as Pair[]) {
      const name = isScalar(key) ? String(key.value) : '';
      this.#pairs.set(name, document.resolve(value));
      this.#keys.set(name, key);
      document.locate(this.#at(name), isMap(value) ? key : (value ?? key));
    }
  }

  /** The whole of a document; undefined, with a complaint, where it is no mapping. */
  static root(document: PlanDocument): Section | undefined {
    if (isMap(document.root)) return new Section(document, '', document.root);
    if (document.complaints.length === 0)
      document.complain('', 'A plan is a mapping of keys to values; see experiment/example.yaml.');
    return undefined;
  }

  /** Whether an optional value is there. */
  has(key: string): boolean {
    this.#asked.add(key);
    return this.#pairs.has(key);
  }

  /** Says what is wrong with a value of this section. */
  complain(key: string, message: string): void {
    this.#document.complain(this.#at(key), message);
  }

  section(key: string): Section | undefined {
    const node = this.#demand(key);
    if (node === undefined) return undefined;
    if (isMap(node)) return new Section(this.#document, this.#at(key), node);
    this.#wrong(key, 'a mapping of keys to values', node);
    return undefined;
  }

  text(key: string): string | undefined {
    const node = this.#demand(key);
    if (node === undefined) return undefined;
    if (isScalar(node) && typeof node.value === 'string' && node.value.trim() !== '') return node.value;
    this.#wrong(key, 'a text', node);
    return undefined;
  }

  /** A text of a kind that a pattern knows; `what` is as in "a MAC address, as in 02:00:00:00:00:01". */
  textLike(key: string, pattern: RegExp, what: string): string | undefined {
    const text = this.text(key);
    if (text === undefined || pattern.test(text)) return text;
    this.complain(key, `${key} must be ${what}, not ${JSON.stringify(text)}.`);
    return undefined;
  }

  number(key: string, { least, most, whole = false }: Bounds): number | undefined {
    const node = this.#demand(key);
    if (node === undefined) return undefined;
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value === 'number' && value >= least && value <= most && (!whole || Number.isInteger(value)))
      return value;
    this.#wrong(key, `a ${whole ? 'whole ' : ''}number from ${least} to ${most}`, node);
    return undefined;
  }

  /** One of some words. */
  choice(key: string, choices: readonly string[]): string | undefined {
    const node = this.#demand(key);
    return node === undefined ? undefined : this.#chosen(key, node, choices);
  }

  /** One or several different ones of some choices; numbers and `null` count as the words they are written as. */
  choices<T extends string | number>(key: string, choices: readonly T[]): T[] | undefined {
    const node = this.#demand(key);
    if (node === undefined) return undefined;
    const items = isSeq(node) ? node.items.map((item) => this.#document.resolve(item)!) : [node];
    if (items.length === 0) this.#wrong(key, `one or several of ${choices.join(', ')}`, node);
    const chosen: T[] = [];
    for (const [i, item] of items.entries()) {
      const path = isSeq(node) ? `${key}.${i}` : key;
      this.#document.locate(this.#at(path), item);
      const word = this.#chosen(path, item, choices.map(String));
      if (word === undefined) continue;
      const choice = choices.find((choice) => String(choice) === word)!;
      if (chosen.includes(choice)) this.complain(path, `${word} is there twice.`);
      else chosen.push(choice);
    }
    return chosen;
  }

  /** CPU numbers: `0`, `[0, 2]` or `0-3`. */
  cpus(key: string): number[] | undefined {
    const node = this.#demand(key);
    if (node === undefined) return undefined;
    const items = isSeq(node) ? node.items : [node];
    const cpus = items.flatMap((item) => (isScalar(item) ? parseCpus(String(item.value)) : [NaN]));
    if (cpus.length > 0 && cpus.every(Number.isInteger)) return [...new Set(cpus)].sort((a, b) => a - b);
    this.#wrong(key, 'numbers of CPUs, as in 0, [0, 2] or 0-3', node);
    return undefined;
  }

  /** Complains of every key that was not asked for. */
  end(): void {
    for (const [name, key] of this.#keys) {
      if (this.#asked.has(name)) continue;
      const meant = nearest(name, [...this.#asked]);
      const hint = meant === undefined ? `There are ${[...this.#asked].join(', ')}` : `Did you mean ${meant}`;
      const where = this.#path === '' ? 'Plans have' : `${this.#path} has`;
      const message = `${where} no key ${quoted(key)}. ${hint}${meant === undefined ? '.' : '?'}`;
      this.#document.complainAt((key as Node).range?.[0] ?? 0, message);
    }
  }

  #at(key: string): string {
    return this.#path === '' ? key : `${this.#path}.${key}`;
  }

  /** The value, or undefined with a complaint. Ask `has` first where it may be missing. */
  #demand(key: string): Node | undefined {
    this.#asked.add(key);
    if (!this.#pairs.has(key))
      this.#document.complain(this.#path, `${this.#path || 'The plan'} must have ${key}.`);
    return this.#pairs.get(key);
  }

  #chosen(path: string, node: Node, choices: readonly string[]): string | undefined {
    const word = isScalar(node) ? String(node.value) : undefined;
    if (word !== undefined && choices.includes(word)) return word;
    const meant = word === undefined ? undefined : nearest(word, choices);
    const hint = meant === undefined ? '' : ` Did you mean ${meant}?`;
    const key = path.split('.')[0]!;
    this.complain(path, `${quoted(node)} is no ${key}; there are ${choices.join(', ')}.${hint}`);
    return undefined;
  }

  #wrong(key: string, right: string, node: Node): void {
    this.complain(key, `${this.#at(key)} must be ${right}, not ${quoted(node)}.`);
  }
}

interface Bounds {
  least: number;
  most: number;
  whole?: boolean;
}

/** NaN for what is no CPU list of a machine of this world. */
function parseCpus(text: string): number[] {
  const [, first, last = first] = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(text) ?? [];
  const [from, to] = [Number(first), Number(last)];
  return to >= from ? Array.from({ length: to - from + 1 }, (_, i) => from + i) : [NaN];
}
