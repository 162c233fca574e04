/** Bytes of a piece: what goes through the compressor, or onto the network, at a time. */
const PIECE = 1 << 16;
/** Of the first one: most metrics have a few series. */
const FIRST_PIECE = 1 << 10;
/** What is at least so long is not copied. */
const LARGE = PIECE / 4;

const NEWLINE = 0x0a;

/** A text in UTF-8 with a character for each byte: what is written again and again is encoded once. */
export type ByteString = string;

export const byteString = (text: string): ByteString => Buffer.from(text).toString('latin1');

/**
 * A text in the making, as bytes. Strings that grow would be hundreds of bytes of garbage for each line, in memory that V8 hands back after a
 * collection because a process that scrapes now and then seems not to need it, and that the kernel must clear for the next scrape.
 */
export class TextBytes {
  readonly #full: Buffer[] = [];
  #piece = Buffer.alloc(0);
  #length = 0;
  /** How large the next piece is to be. */
  #next = FIRST_PIECE;

  get empty(): boolean {
    return this.#length === 0 && this.#full.length === 0;
  }

  /** The text so far. */
  get pieces(): Buffer[] {
    return this.#length === 0 ? this.#full : [...this.#full, this.#piece.subarray(0, this.#length)];
  }

  write(text: ByteString): void {
    this.#makeRoom(text.length);
    this.#put(text);
  }

  /** Writes a line in two parts. */
  line(start: ByteString, end: ByteString): void {
    this.#makeRoom(start.length + end.length + 1);
    this.#put(start);
    this.#put(end);
    this.#piece[this.#length++] = NEWLINE;
  }

  append(bytes: Buffer): void {
    if (bytes.length < LARGE) {
      this.#makeRoom(bytes.length);
      this.#piece.set(bytes, this.#length);
      this.#length += bytes.length;
    } else {
      this.#close();
      this.#full.push(bytes);
    }
  }

  #put(text: ByteString): void {
    this.#length += this.#piece.write(text, this.#length, 'latin1');
  }

  #makeRoom(bytes: number): void {
    if (this.#length + bytes <= this.#piece.length) return;
    this.#close();
    this.#piece = Buffer.allocUnsafe(Math.max(this.#next, bytes));
    this.#next = Math.min(4 * this.#next, PIECE);
  }

  /** What is left of the piece is for what comes next. */
  #close(): void {
    if (this.#length > 0) this.#full.push(this.#piece.subarray(0, this.#length));
    this.#piece = this.#piece.subarray(this.#length);
    this.#length = 0;
  }
}
