/** The flags NLA_F_NESTED and NLA_F_NET_BYTEORDER share the field of the type. */
const TYPE = 0x3fff;
const HEADER = 4;
const ABSENT = -1;

/**
 * The attributes of a netlink message, or those nested in one of them, by type: what the kernel's nla_parse() makes.
 * Kept and filled again for each message. Bytes that are no attributes end the parsing; values that are shorter than
 * what is read of them count as absent. Numbers have the byte order of the machine, here always little-endian.
 */
export class Attributes {
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  #buffer: Buffer = Buffer.alloc(0);

  /** `highest` is the highest type that is looked for. */
  constructor(highest: number) {
    this.#starts = new Int32Array(highest + 1);
    this.#ends = new Int32Array(highest + 1);
  }

  /** Takes the attributes from `start` up to `end`; of two of one type the last, as the kernel does. */
  parse(buffer: Buffer, start: number, end: number): this {
    this.#buffer = buffer;
    this.#starts.fill(ABSENT);
    forEach(buffer, start, end, (type, from, to) => {
      if (type >= this.#starts.length) return;
      this.#starts[type] = from;
      this.#ends[type] = to;
    });
    return this;
  }

  /** Takes the attributes nested in one of `outer`; none where that is absent. */
  parseNested(outer: Attributes, type: number): this {
    return this.parse(outer.#buffer, outer.#at(type), outer.#endOf(type));
  }

  has(type: number): boolean {
    return this.#at(type) !== ABSENT;
  }

  u8(type: number): number | undefined {
    return this.#holds(type, 1) ? this.#buffer[this.#at(type)] : undefined;
  }

  u16(type: number): number | undefined {
    return this.#holds(type, 2) ? this.#buffer.readUInt16LE(this.#at(type)) : undefined;
  }

  /** The 32 bits at an offset into the attribute. */
  u32(type: number, offset = 0): number | undefined {
    return this.#holds(type, offset + 4) ? this.#buffer.readUInt32LE(this.#at(type) + offset) : undefined;
  }

  /** The 64 bits at an offset into the attribute, exact up to 2^53. */
  u64(type: number, offset = 0): number | undefined {
    if (!this.#holds(type, offset + 8)) return undefined;
    const at = this.#at(type) + offset;
    return this.#buffer.readUInt32LE(at + 4) * 2 ** 32 + this.#buffer.readUInt32LE(at);
  }

  /** The text up to its NUL; bytes that are not UTF-8 become U+FFFD. */
  text(type: number): string | undefined {
    const start = this.#at(type);
    if (start === ABSENT) return undefined;
    const end = this.#ends[type]!;
    const nul = this.#buffer.indexOf(0, start);
    return this.#buffer.toString('utf8', start, nul < 0 || nul > end ? end : nul);
  }

  /** Calls `visit` with where the value of each attribute nested in one begins and ends: for lists, whose types are positions. */
  eachNested(type: number, visit: (start: number, end: number) => void): void {
    forEach(this.#buffer, this.#at(type), this.#endOf(type), (_, start, end) => visit(start, end));
  }

  #holds(type: number, length: number): boolean {
    return this.has(type) && this.#ends[type]! - this.#starts[type]! >= length;
  }

  #at(type: number): number {
    return this.#starts[type] ?? ABSENT;
  }

  #endOf(type: number): number {
    return this.has(type) ? this.#ends[type]! : ABSENT;
  }
}

function forEach(
  buffer: Buffer,
  start: number,
  end: number,
  visit: (type: number, start: number, end: number) => void,
): void {
  let at = start;
  while (end - at >= HEADER) {
    const length = buffer.readUInt16LE(at);
    if (length < HEADER || at + length > end) return;
    visit(buffer.readUInt16LE(at + 2) & TYPE, at + HEADER, at + length);
    at += (length + 3) & ~3;
  }
}
