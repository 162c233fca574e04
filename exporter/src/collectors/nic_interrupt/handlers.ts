import { interrupt_line, nic_interrupt_row, shared_handler, Table } from '../../kernel/index.js';
import { readInterruptCount, Totals, U32, type Nic, type NicHandler } from '../../machine/index.js';
import { LentRows } from '../lent_rows.js';

/** Interrupts and their time, in nanoseconds. */
export interface InterruptTotals {
  count: number;
  ns: number;
}

/** A handler that is counted. */
interface Counted {
  nic: string;
  handler: NicHandler;
  row: number;
}

/** Row and place 0 mean none. */
const PLACES = shared_handler.rows - 1;
const numbersFromOne = (rows: number): number[] => Array.from({ length: rows - 1 }, (_, i) => i + 1);

/**
 * Says to the programs which interrupts are a NIC's, and adds up what they count by NIC and queue. What a handler counted
 * stays with its queue when the driver gives the interrupt back, for as long as the NIC is there.
 */
export class Handlers {
  readonly #lines: Table<typeof interrupt_line>;
  readonly #sharing: Table<typeof shared_handler>;
  readonly #rows: LentRows;
  readonly #counted = new Map<string, Counted>();
  /** By path of the NIC, by queue. */
  readonly #ended = new Map<string, Map<string, InterruptTotals>>();
  /** Handlers without a row: how often their interrupt came since it was first seen. */
  #uncounted = new Map<string, Totals>();
  #endedUncounted = 0;
  #shared = '';
  #nics: readonly Nic[] = [];

  /** `table` gives the descriptor of a table. */
  constructor(
    table: (name: string) => number,
    private readonly countOf: (interrupt: number) => number = readInterruptCount,
  ) {
    this.#lines = new Table(table('interrupt_lines'), interrupt_line, 'write');
    this.#sharing = new Table(table('shared_handlers'), shared_handler, 'write');
    const rows = new Table(table('nic_interrupt_rows'), nic_interrupt_row);
    this.#rows = new LentRows(numbersFromOne(nic_interrupt_row.rows), (row) => [
      rows.u64(row, 'count'),
      rows.u64(row, 'ns'),
    ]);
  }

  /** Takes what is there now for what is to be counted. */
  follow(nics: readonly Nic[]): void {
    this.#nics = nics;
    const found = new Map(
      nics.flatMap(({ path, handlers }) =>
        handlers.map((handler) => [keyOf(path, handler), { nic: path, handler }] as const),
      ),
    );
    for (const [key, counted] of this.#counted) {
      if (found.has(key)) continue;
      this.#end(counted);
      this.#counted.delete(key);
    }
    for (const [key, { nic, handler }] of found) this.#take(key, nic, handler);
    for (const { handler, row } of this.#counted.values())
      if (!handler.shared) this.#pointLine(handler.interrupt, row, 0);
    this.#share();
    this.#noteUncounted(found);
    for (const path of this.#ended.keys())
      if (!nics.some((nic) => nic.path === path)) this.#ended.delete(path);
  }

  /** The totals of every NIC by queue. */
  read(): { device: string; queues: Map<string, InterruptTotals> }[] {
    const byPath = new Map(
      this.#nics.map(({ path, device }) => {
        const ended = [...(this.#ended.get(path) ?? [])];
        return [path, { device, queues: new Map(ended.map(([queue, totals]) => [queue, { ...totals }])) }];
      }),
    );
    for (const { nic, handler, row } of this.#counted.values()) {
      const queues = byPath.get(nic)?.queues;
      if (queues) add(queues, handler.queue, this.#totals(row));
    }
    return [...byPath.values()];
  }

  /** Interrupts of NICs that found no row, until the last look. */
  get lost(): number {
    return [...this.#uncounted.values()].reduce((lost, totals) => lost + totals.sum(), this.#endedUncounted);
  }

  #totals(row: number): InterruptTotals {
    const [count, ns] = this.#rows.counted(row);
    return { count: count!, ns: ns! };
  }

  /** Gives a new handler a row, if there is one, and room on shared lines where it needs that. */
  #take(key: string, nic: string, handler: NicHandler): void {
    const known = this.#counted.get(key);
    if (known) {
      known.handler = handler;
      return;
    }
    if (handler.interrupt >= interrupt_line.rows) return;
    if (handler.shared && this.#sharingNow().length === PLACES) return;
    const row = this.#rows.lend();
    if (row !== undefined) this.#counted.set(key, { nic, handler, row });
  }

  #sharingNow = (): Counted[] => [...this.#counted.values()].filter(({ handler }) => handler.shared);

  #end({ nic, handler, row }: Counted): void {
    this.#pointLine(handler.interrupt, 0, 0);
    const ended = this.#ended.get(nic) ?? new Map<string, InterruptTotals>();
    add(ended, handler.queue, this.#totals(row));
    this.#ended.set(nic, ended);
    this.#rows.takeBack(row);
  }

  /** Writes the handlers on shared lines anew where anything about them has changed. */
  #share(): void {
    const sharing = this.#sharingNow();
    const state = JSON.stringify(sharing);
    if (state === this.#shared) return;
    this.#shared = state;
    const first = new Map<number, number>();
    sharing.slice(0, PLACES).forEach(({ handler, row }, i) => {
      const place = i + 1;
      nameWords(handler.name).forEach((word, at) => this.#sharing.setU32(place, 'name', word, at));
      this.#sharing.setU32(place, 'row', row);
      this.#sharing.setU32(place, 'next', first.get(handler.interrupt) ?? 0);
      first.set(handler.interrupt, place);
    });
    for (const [interrupt, place] of first) this.#pointLine(interrupt, 0, place);
  }

  #pointLine(interrupt: number, row: number, place: number): void {
    this.#lines.setU32(interrupt, 'first_sharing', place);
    this.#lines.setU32(interrupt, 'row', row);
  }

  #noteUncounted(found: ReadonlyMap<string, { handler: NicHandler }>): void {
    for (const [key, totals] of this.#uncounted) {
      if (found.has(key) && !this.#counted.has(key)) continue;
      this.#endedUncounted += totals.sum();
      this.#uncounted.delete(key);
    }
    for (const [key, { handler }] of found) {
      if (this.#counted.has(key)) continue;
      const totals = this.#uncounted.get(key) ?? new Totals();
      this.#uncounted.set(key, totals);
      totals.next(key, this.countOf(handler.interrupt), { range: U32, first: 0 });
    }
  }
}

const keyOf = (path: string, { interrupt, name }: NicHandler): string => `${interrupt} ${path} ${name}`;

function add(queues: Map<string, InterruptTotals>, queue: string, { count, ns }: InterruptTotals): void {
  const known = queues.get(queue) ?? { count: 0, ns: 0 };
  queues.set(queue, { count: known.count + count, ns: known.ns + ns });
}

/** As the kernel's copy of a name lies in memory, cut to the length that is compared. */
function nameWords(name: string): number[] {
  const { length } = shared_handler.fields.name;
  const bytes = Buffer.alloc(4 * length);
  Buffer.from(name).copy(bytes, 0, 0, bytes.length - 1);
  return Array.from({ length }, (_, i) => bytes.readUInt32LE(4 * i));
}
