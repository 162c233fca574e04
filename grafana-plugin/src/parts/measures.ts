import { costRate, packetRate, percent, perPacket } from './format';
import type { CostKind } from '../capture/capture';

/** The measures of one interval, of one VM or of several together. */
export interface Measures {
  readonly x: number | null;
  readonly y: number | null;
  readonly loss: number | null;
}

/** The numbers of an interval in words, the same in tooltips and in the table. */
export function describeMeasures(
  { x, y, loss }: Measures,
  kind: CostKind,
): Array<{ label: string; value: string }> {
  return [
    { label: 'Throughput', value: packetRate(x) },
    { label: 'Cost', value: costRate(y, kind) },
    { label: 'Cost per packet', value: x && y !== null ? perPacket(y / x, kind) : '–' },
    { label: 'Loss', value: percent(loss) },
  ];
}
