import { ThresholdsMode, type Threshold } from '@grafana/data';
import type { GraphThresholdsStyleMode } from '@grafana/ui';
import type { Capture } from '../capture/capture';
import type { Role } from '../capture/roles';
import type { Limits } from '../plot/thresholds';
import { fieldOf } from './formats';

/** What the panel adds to a field's standard settings. */
export interface FieldSettings {
  readonly thresholdsStyle?: { readonly mode?: GraphThresholdsStyleMode };
}

/**
 * The thresholds of a role, where the user has set some and wants to see them, as values of the role. A percentage is one
 * of the way from the field's Min to its Max; where these are not set, from the least to the largest value drawn.
 */
export function limitsOf(capture: Capture, role: Role, drawn: ReadonlyArray<number | null>): Limits | null {
  const { custom, thresholds, min, max } = fieldOf(capture, role)?.config ?? {};
  const style = (custom as FieldSettings | null | undefined)?.thresholdsStyle?.mode;
  if (!thresholds?.steps || !style || `${style}` === 'off') {
    return null;
  }
  const [least, most] = rangeOf(drawn);
  const [from, to] = [min ?? least, max ?? most];
  const placed = ({ value, color }: Threshold): Threshold => ({
    color,
    value: thresholds.mode === ThresholdsMode.Percentage ? from + ((to - from) * value) / 100 : value,
  });
  return {
    thresholds: { mode: ThresholdsMode.Absolute, steps: thresholds.steps.map(placed) },
    style,
  };
}

/** The least and the largest of some values; nought to one where there are none. */
function rangeOf(values: ReadonlyArray<number | null>): readonly [number, number] {
  const numbers = values.filter((value) => value !== null && Number.isFinite(value));
  return numbers.length === 0
    ? [0, 1]
    : [
        numbers.reduce<number>((a, b) => Math.min(a, b!), Infinity),
        numbers.reduce<number>((a, b) => Math.max(a, b!), -Infinity),
      ];
}
