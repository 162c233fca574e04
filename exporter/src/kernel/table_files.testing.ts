import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RingLayout } from './free_ring.js';
import { Table, type Layout } from './table.js';

/** The kernel's side of a signal's tables, for tests: files that are mapped as the BPF arrays are. */
export class TableFiles<L extends Readonly<Record<string, Layout>>> {
  readonly #directory = mkdtempSync(join(tmpdir(), 'trapline-tables-'));
  readonly #files = new Map<string, number>();
  readonly #rings = new Map<keyof L, Table<RingLayout>>();

  constructor(private readonly layouts: L) {
    for (const [name, { size, rows }] of Object.entries(layouts)) {
      const fd = openSync(join(this.#directory, name), 'w+');
      ftruncateSync(fd, Math.ceil((size * rows) / 4096) * 4096);
      this.#files.set(name, fd);
    }
  }

  fd = (name: string): number => this.#files.get(name)!;

  /** Takes a row from a ring, as take_* in bpf/rows.h; undefined where none is free. */
  take(name: keyof L & string): number | undefined {
    const layout = this.layouts[name] as RingLayout;
    const ring = this.#rings.get(name) ?? new Table<RingLayout>(this.fd(name), layout, 'write');
    this.#rings.set(name, ring);
    const head = ring.u32(0, 'head');
    const fresh = ring.u32(0, 'fresh');
    if (head !== ring.u32(0, 'tail')) {
      ring.setU32(0, 'head', head + 1);
      return ring.u32(0, 'row', head % layout.fields.row.length);
    }
    if (fresh === layout.fields.row.length) return undefined;
    ring.setU32(0, 'fresh', fresh + 1);
    return fresh;
  }

  /** Writes fields of a row. */
  set(name: keyof L & string, row: number, values: Record<string, number>): void {
    const { fields } = this.layouts[name]!;
    for (const [field, value] of Object.entries(values)) {
      const bytes = Buffer.alloc(fields[field]!.type === 'u64' ? 8 : 4);
      if (bytes.length === 8) bytes.writeBigUInt64LE(BigInt(value));
      else bytes.writeUInt32LE(value);
      this.write(name, row, field, bytes);
    }
  }

  /** Writes bytes at the place of a field. */
  write(name: keyof L & string, row: number, field: string, bytes: Buffer): void {
    const { size, fields } = this.layouts[name]!;
    writeSync(this.fd(name), bytes, 0, bytes.length, row * size + fields[field]!.offset);
  }

  destroy(): void {
    for (const fd of this.#files.values()) closeSync(fd);
    rmSync(this.#directory, { recursive: true });
  }
}
