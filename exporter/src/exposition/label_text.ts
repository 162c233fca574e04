/** What cannot be copied as it is: what ends a value, and halves of characters beyond U+FFFF, which may stand alone. */
const UNSAFE = /["\\\n\ud800-\udfff]/;
const ESCAPES: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n' };

/**
 * Writes labels as both text formats have them between braces, whatever the values contain: `vm="a",class="io"`. Most series of
 * a scrape share most of their values: each is escaped once.
 */
export class LabelText {
  readonly #written: Map<string, string>[];

  constructor(private readonly names: readonly string[]) {
    this.#written = names.map(() => new Map<string, string>());
  }

  /** One value for each name, in the same order. */
  of(values: readonly string[]): string {
    let text = '';
    for (let i = 0; i < this.#written.length; i++) text += this.#label(i, values[i]!);
    return text;
  }

  #label(i: number, value: string): string {
    const known = this.#written[i]!.get(value);
    if (known !== undefined) return known;
    const label = `${i === 0 ? '' : ','}${this.names[i]}="${escaped(value)}"`;
    this.#written[i]!.set(value, label);
    return label;
  }
}

/** UTF-8 has no lone surrogates: they become U+FFFD. */
function escaped(value: string): string {
  return UNSAFE.test(value) ? value.toWellFormed().replace(/["\\\n]/g, (unsafe) => ESCAPES[unsafe]!) : value;
}
