/** A ring of free rows (bpf/rows.h), out of what `bpftool -j map dump` prints. */
export function ringOf(dump: string): { everTaken: number; inUse: number } {
  const [{ value }] = JSON.parse(dump) as [{ value: string[] }];
  const bytes = Buffer.from(value.slice(0, 12).map(Number));
  const [fresh, head, tail] = [0, 4, 8].map((offset) => bytes.readUInt32LE(offset)) as [
    number,
    number,
    number,
  ];
  return { everTaken: fresh, inUse: fresh - (tail - head) };
}
