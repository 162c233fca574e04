import type { Formats } from './formats';

/** The measures of one interval, of one VM or of several together. */
export interface Measures {
  readonly x: number | null;
  readonly y: number | null;
  readonly loss: number | null;
}

/** The numbers of an interval in words, the same in tooltips and in the table. */
export function describeMeasures(
  { x, y, loss }: Measures,
  formats: Formats,
): Array<{ label: string; value: string }> {
  return [
    { label: 'Throughput', value: formats.packets(x) },
    { label: 'Cost', value: formats.cost(y) },
    { label: 'Cost per packet', value: x && y !== null ? formats.perPacket(y / x) : '–' },
    { label: 'Loss', value: formats.loss(loss) },
  ];
}
