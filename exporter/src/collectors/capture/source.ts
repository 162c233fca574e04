import {
  capture_closed_ring,
  capture_lost,
  capture_socket,
  FreeRing,
  RowPool,
  runIterator,
  Table,
} from '../../kernel/index.js';
import { parseSocket, type CaptureSocket } from './socket.js';

/** The capture sockets as bpf/capture.bpf.c shows them. */
export class Source {
  readonly #closed: Table<typeof capture_socket>;
  readonly #lost: Table<typeof capture_lost>;
  readonly #pool: RowPool;

  /** `table` gives the descriptor of a table of captureSignal, `iterator` is the link of its iterator. */
  constructor(
    table: (name: string) => number,
    private readonly iterator: number,
  ) {
    const free = new FreeRing(table('free_closed'), capture_closed_ring);
    this.#closed = new Table(table('closed'), capture_socket);
    this.#lost = new Table(table('lost'), capture_lost);
    this.#pool = new RowPool(free, (row) => this.#closed.u32(row, 'generation'));
  }

  /**
   * The sockets that are open now, found in the file tables of all processes; one that several processes hold comes once,
   * with the first of them. Throws where the iterator cannot be run.
   */
  open(): CaptureSocket[] {
    const sockets = new Map<number, CaptureSocket>();
    for (const socket of parseAll(runIterator(this.iterator, capture_socket.size)))
      if (!sockets.has(socket.cookie)) sockets.set(socket.cookie, socket);
    return [...sockets.values()];
  }

  /** The sockets that were closed since the last call, with their last counts. */
  closed(): CaptureSocket[] {
    const rows = this.#pool.inUse().map((row) => {
      const bytes = this.#closed.bytes(row);
      this.#pool.giveBack(row);
      return bytes;
    });
    return parseAll(rows);
  }

  /** Sockets whose counts could not be kept, by cause. */
  lost(): Record<keyof typeof capture_lost.fields, number> {
    return {
      closed_table_full: this.#lost.u64(0, 'closed_table_full'),
      socket_storage: this.#lost.u64(0, 'socket_storage'),
    };
  }
}

const parseAll = (records: readonly Buffer[]): CaptureSocket[] =>
  records.flatMap((record) => parseSocket(record) ?? []);
