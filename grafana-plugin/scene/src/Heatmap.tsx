import { getValueFormat, formattedValueToString, type PanelProps } from '@grafana/data';
import { useTheme2 } from '@grafana/ui';
import { useEffect, useRef } from 'react';

/** Room for the names of the buckets and for the times, in CSS pixels. */
const [LEFT, BOTTOM] = [60, 20];
const TIMES = 5;
/** As the dashboards choose it: small counts are seen beside large ones. */
const EXPONENT = 0.5;

/** Buckets over time: a field for each, in rising order, named by its upper end. */
export function Heatmap({ data, width, height, timeRange, fieldConfig }: PanelProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme2();
  useEffect(() => {
    const context = canvas.current!.getContext('2d')!;
    const [time, ...buckets] = data.series[0]?.fields ?? [];
    const [from, to] = [timeRange.from.valueOf(), timeRange.to.valueOf()];
    const times = (time?.values ?? []) as number[];
    const filled = buckets
      .map(({ values }, i) => ({ values: values as number[], i }))
      .filter(({ values }) => values.some((value) => value > 0));
    const [lowest, highest] = [filled[0]?.i ?? 0, (filled.at(-1)?.i ?? -1) + 1];
    const shown = buckets.slice(lowest, highest);
    const [columns, rows] = [width - LEFT, height - BOTTOM];
    const most = shown.flatMap(({ values }) => values as number[]).reduce((a, b) => Math.max(a, b), 0);
    const tall = rows / (shown.length || 1);
    const x = (at: number) => LEFT + (columns * (at - from)) / (to - from);
    const wide = times.length > 1 ? x(times[1]!) - x(times[0]!) : columns;
    const format = getValueFormat(fieldConfig.defaults.unit);
    context.clearRect(0, 0, width, height);
    context.font = `${theme.typography.bodySmall.fontSize} Inter`;
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    const every = Math.ceil(20 / tall);
    shown.forEach((bucket, row) => {
      const top = rows - (row + 1) * tall;
      (bucket.values as number[]).forEach((value, i) => {
        if (value > 0) {
          context.fillStyle = shade((value / most) ** EXPONENT);
          context.fillRect(x(times[i]!) - wide, top, Math.max(1, wide - 1), tall - 1);
        }
      });
      if (row % every === 0) {
        context.fillStyle = theme.colors.text.primary;
        const end = Number(bucket.name);
        const name = Number.isFinite(end) ? formattedValueToString(format(end)) : bucket.name;
        context.fillText(name, LEFT - 6, top + tall / 2);
      }
    });
    context.fillStyle = theme.colors.text.primary;
    context.textAlign = 'center';
    for (let tick = 1; tick < TIMES; tick++) {
      const at = from + ((to - from) * tick) / TIMES;
      context.fillText(new Date(at).toISOString().slice(11, 16), x(at), height - BOTTOM / 2);
    }
  }, [data, width, height, timeRange, fieldConfig, theme]);
  return <canvas ref={canvas} width={width} height={height} />;
}

/** From blue over green and yellow to red, for 0 … 1. */
const shade = (share: number): string => `hsl(${240 - 240 * share} 80% ${35 + 20 * share}%)`;
