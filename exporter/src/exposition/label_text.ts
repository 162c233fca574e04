/** What cannot be copied as it is: what ends a value, and halves of characters beyond U+FFFF, which may stand alone. */
const UNSAFE = /["\\\n\ud800-\udfff]/;
const ESCAPES: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\n': '\\n' };

/**
 * Labels as both text formats have them between braces, whatever the values contain: `vm="a",class="io"`. One value for each
 * name, in the same order.
 */
export function labelText(names: readonly string[], values: readonly string[]): string {
  return names.map((name, i) => `${name}="${escaped(values[i]!)}"`).join(',');
}

/** UTF-8 has no lone surrogates: they become U+FFFD. */
function escaped(value: string): string {
  return UNSAFE.test(value) ? value.toWellFormed().replace(/["\\\n]/g, (unsafe) => ESCAPES[unsafe]!) : value;
}
