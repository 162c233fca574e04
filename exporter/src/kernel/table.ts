import koffi from 'koffi';
import { errno, libc } from '../libc.js';
import { possibleCpus } from './probe.js';
import type { TableAccess } from './signal.js';

/** A row type as `npm run bpf` writes it from BTF. */
export interface Layout {
  readonly size: number;
  /** How many the map has; 0 for a record that is no row of a map. */
  readonly rows: number;
  readonly fields: Readonly<
    Record<string, { type: 'u32' | 'u64' | 'chars'; offset: number; length?: number }>
  >;
}

/** The layout of a table that the signal names in `perCpu`. */
export const onEveryCpu = <L extends Layout>(layout: L): L => ({
  ...layout,
  rows: layout.rows * possibleCpus(),
});

/** The fields of a row type that hold one kind of value. */
type FieldOf<L extends Layout, T> = {
  [K in keyof L['fields']]: L['fields'][K]['type'] extends T ? K : never;
}[keyof L['fields']];

const mmap = libc.func(
  'void *mmap(void *address, size_t length, int protection, int flags, int fd, long offset)',
);

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;
const PAGE = 4096;

/** Of the upper half of a value of 64 bits. */
const UPPER = 2 ** 32;

/** One field of every row, found once: who reads thousands of rows at a stretch spares the search for each. */
abstract class Column {
  /** `first` and `stride` count words of 32 bits. */
  constructor(
    protected readonly words: Uint32Array,
    protected readonly first: number,
    protected readonly stride: number,
  ) {}

  abstract at(row: number, element?: number): number;
}

class U32Column extends Column {
  at(row: number, element = 0): number {
    return Atomics.load(this.words, this.first + row * this.stride + element);
  }
}

class U64Column extends Column {
  /**
   * Exact up to 2^53: 104 days of one thread's nanoseconds, longer than any count of ours needs. Read by halves, because a bigint
   * for each of the tens of thousands that a scrape reads would be so much garbage; where the upper half stayed, the lower belongs to it.
   */
  at(row: number, element = 0): number {
    const { words } = this;
    const low = this.first + row * this.stride + 2 * element;
    for (let upper = Atomics.load(words, low + 1); ;) {
      const value = Atomics.load(words, low);
      const after = Atomics.load(words, low + 1);
      if (after === upper) return upper * UPPER + value;
      upper = after;
    }
  }
}

type Columns<L extends Layout> = { readonly [K in FieldOf<L, 'u32' | 'u64'>]: Column };

/**
 * A BPF array seen as memory. Reading needs neither a system call nor a privilege. A value of 64 bits that only grows is read
 * whole, but rows change under the reader: two fields of one row may be an event apart.
 */
export class Table<L extends Layout> {
  /** The fields that are numbers, each by its name. */
  readonly columns: Columns<L>;
  readonly #u32: Uint32Array;
  readonly #u64: BigUint64Array;
  readonly #layout: L;

  /** `fd` is a map made with BPF_F_MMAPABLE. Throws where it cannot be mapped. */
  constructor(fd: number, layout: L, access: TableAccess = 'read') {
    this.#layout = layout;
    const length = Math.ceil((layout.size * layout.rows) / PAGE) * PAGE;
    const protection = access === 'write' ? PROT_READ | PROT_WRITE : PROT_READ;
    const address = mmap(null, length, protection, MAP_SHARED, fd, 0) as bigint;
    if (address === MAP_FAILED) throw new Error(`a BPF table cannot be mapped (error ${errno()})`);
    const memory = koffi.view(address, length) as ArrayBuffer;
    this.#u32 = new Uint32Array(memory);
    this.#u64 = new BigUint64Array(memory);
    this.columns = columnsOf(layout, this.#u32);
  }

  u32(row: number, field: FieldOf<L, 'u32'>, element = 0): number {
    return this.#column(field).at(row, element);
  }

  u64(row: number, field: FieldOf<L, 'u64'>, element = 0): number {
    return this.#column(field).at(row, element);
  }

  /** How many rows there are. */
  get length(): number {
    return this.#layout.rows;
  }

  /** A copy of a row, which later changes do not reach. */
  bytes(row: number): Buffer {
    const { size } = this.#layout;
    return Buffer.copyBytesFrom(new Uint8Array(this.#u64.buffer, row * size, size));
  }

  /** Only for a table mapped with access `write`. */
  setU32(row: number, field: FieldOf<L, 'u32'>, value: number, element = 0): void {
    Atomics.store(this.#u32, this.#index32(row, field, element), value);
  }

  /** Only for a table mapped with access `write`. */
  setU64(row: number, field: FieldOf<L, 'u64'>, value: bigint, element = 0): void {
    const { offset } = this.#layout.fields[field as string]!;
    this.#u64[(row * this.#layout.size + offset) / 8 + element] = value;
  }

  #column(field: keyof L['fields']): Column {
    return (this.columns as Record<PropertyKey, Column>)[field]!;
  }

  #index32(row: number, field: keyof L['fields'], element: number): number {
    const { offset } = this.#layout.fields[field as string]!;
    return (row * this.#layout.size + offset) / 4 + element;
  }
}

function columnsOf<L extends Layout>({ fields, size }: L, words: Uint32Array): Columns<L> {
  const columns = Object.entries(fields)
    .filter(([, { type }]) => type !== 'chars')
    .map(([name, { type, offset }]) => {
      const Kind = type === 'u32' ? U32Column : U64Column;
      return [name, new Kind(words, offset / 4, size / 4)] as const;
    });
  return Object.fromEntries(columns) as Columns<L>;
}
