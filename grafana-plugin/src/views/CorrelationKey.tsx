import { RadioButtonGroup, useTheme2 } from '@grafana/ui';
import { chance, correlation as formatR, duration } from '../parts/format';
import type { Formats } from '../parts/formats';
import { Legend, Ramp, type LegendItem } from '../parts/Legend';
import type { Correlation } from '../statistics/correlate';
import type { Fit } from '../statistics/leastSquares';
import { isSure } from '../statistics/slopeInterval';
import type { Findings, VmFindings } from './correlationFindings';
import type { CorrelationModel } from './correlationModel';
import {
  COLOR_CHOICES,
  LINE_CHOICES,
  SHOWN_CHOICES,
  type CorrelationOptions,
  type LineKind,
} from './correlationOptions';

interface Props {
  readonly model: CorrelationModel;
  readonly findings: Findings;
  readonly formats: Formats;
  readonly options: CorrelationOptions;
  readonly hasLoss: boolean;
  /** Leaves the room to the picture: the correlations stay away, the sentence above says how far to trust the line. */
  readonly compact: boolean;
  readonly onOptions: (change: Partial<CorrelationOptions>) => void;
}

/** What is shown and how, what the colours mean, and the numbers of the lines. */
export function CorrelationKey(props: Props) {
  const { model, options, hasLoss, onOptions } = props;
  const { key, colors } = model;
  return (
    <Legend
      before={
        <>
          <RadioButtonGroup
            size="sm"
            aria-label="Show"
            options={SHOWN_CHOICES.map(({ value, label }) => ({ value, label }))}
            value={options.shown}
            onChange={(shown) => onOptions({ shown })}
          />
          {options.shown === 'points' && (
            <RadioButtonGroup
              size="sm"
              aria-label="Colour points by"
              options={COLOR_CHOICES.filter(({ value }) => value !== 'loss' || hasLoss)}
              value={options.colorBy}
              onChange={(colorBy) => onOptions({ colorBy })}
            />
          )}
          {options.shown === 'points' && key.kind === 'ramp' && <Ramp colors={colors} {...key} />}
        </>
      }
      items={useItems(props)}
    />
  );
}

function useItems({ model: { key }, findings, formats, options, compact, onOptions }: Props): LegendItem[] {
  const theme = useTheme2();
  const [only, ...others] = findings.each;
  const toggle = (kind: LineKind) =>
    onOptions({
      lines: LINE_CHOICES.map(({ value }) => value).filter(
        (value) => options.lines.includes(value) !== (value === kind),
      ),
    });
  const lines = LINE_CHOICES.map(({ value, label }): LegendItem => {
    const fit = others.length === 0 ? only?.[value] : null;
    return {
      label,
      color: theme.colors.text.maxContrast,
      mark: value === 'theilSen' && options.lines.length > 1 ? 'dashes' : 'line',
      hidden: !options.lines.includes(value),
      onToggle: () => toggle(value),
      ...(fit?.kind === 'line' && isSureOf(only!, value) ? { detail: formats.perPacket(fit.slope) } : {}),
    };
  });
  const best = findings.lags?.effect;
  const numbers: LegendItem[] = [
    { label: 'Pearson', detail: describe('r', findings.pearson) },
    { label: 'Spearman', detail: describe('ρ', findings.spearman) },
    ...(best ? [{ label: 'Lag of cost', detail: best.lag === 0 ? 'none' : duration(best.lag) }] : []),
  ];
  if (options.shown === 'lags') {
    return numbers;
  }
  const vms: LegendItem[] =
    key.kind === 'vms'
      ? key.vms.map(({ name, color, fit, sure }) => ({
          label: name || 'all',
          color,
          mark: 'square',
          detail: fit.kind === 'line' && !sure ? 'not reliable' : shortFit(fit, formats),
        }))
      : [];
  return [...vms, ...lines, ...(compact ? [] : numbers)];
}

/** The numbers of lines that may be chance are not given: the sentence above gives their interval. */
function isSureOf({ interval, theilSen }: VmFindings, kind: LineKind): boolean {
  return isSure(kind === 'theilSen' && theilSen?.kind === 'line' ? theilSen.interval : interval);
}

function describe(letter: string, { r, p }: Correlation): string {
  return r === null || p === null ? 'undefined' : `${letter} = ${formatR(r)}, ${chance(p)}`;
}

function shortFit(fit: Fit, formats: Formats): string {
  return fit.kind === 'line' ? `${formats.perPacket(fit.slope)}, r = ${formatR(fit.r)}` : fit.reason;
}
