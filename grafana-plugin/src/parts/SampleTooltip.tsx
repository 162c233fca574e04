import {
  VizTooltipColorIndicator,
  VizTooltipColorPlacement,
  VizTooltipContent,
  VizTooltipFooter,
  VizTooltipHeader,
  VizTooltipWrapper,
} from '@grafana/ui';
import type { LinkModel } from '@grafana/data';

export interface TooltipRow {
  readonly label: string;
  readonly value: string;
  readonly color?: string;
}

interface Props {
  readonly title: string;
  /** Stands beside the title: the VM, or how many. */
  readonly subject: string;
  readonly rows: readonly TooltipRow[];
  /** Ways onward, for a tooltip that stands still. */
  readonly links?: readonly LinkModel[];
}

/** One sample in numbers. */
export function SampleTooltip({ title, subject, rows, links = [] }: Props) {
  return (
    <VizTooltipWrapper>
      <VizTooltipHeader
        item={{ label: title, value: subject, colorPlacement: VizTooltipColorPlacement.hidden }}
      />
      <VizTooltipContent
        items={rows.map(({ label, value, color }) => ({
          label,
          value,
          colorPlacement: color ? VizTooltipColorPlacement.first : VizTooltipColorPlacement.hidden,
          ...(color ? { color, colorIndicator: VizTooltipColorIndicator.value } : {}),
        }))}
      />
      {links.length > 0 && <VizTooltipFooter dataLinks={[...links]} />}
    </VizTooltipWrapper>
  );
}
