import { FieldConfigProperty, type SetFieldConfigOptionsArgs } from '@grafana/data';
import { GraphThresholdsStyleMode } from '@grafana/ui';
import type { FieldSettings } from './parts/limits';

const STYLES = [
  [GraphThresholdsStyleMode.Off, 'Off'],
  [GraphThresholdsStyleMode.Line, 'As lines'],
  [GraphThresholdsStyleMode.Dashed, 'As lines (dashed)'],
  [GraphThresholdsStyleMode.Area, 'As filled regions'],
  [GraphThresholdsStyleMode.LineAndArea, 'As filled regions and lines'],
] as const;

/** Grafana's own settings of a field as far as they mean something here, and how its thresholds are shown. */
export const fieldConfig: SetFieldConfigOptionsArgs<FieldSettings> = {
  disableStandardOptions: [
    FieldConfigProperty.Color,
    FieldConfigProperty.Mappings,
    FieldConfigProperty.NoValue,
    FieldConfigProperty.FieldMinMax,
    FieldConfigProperty.Filterable,
  ],
  useCustomConfig: (builder) =>
    builder.addSelect({
      path: 'thresholdsStyle.mode',
      name: 'Show thresholds',
      category: ['Thresholds'],
      defaultValue: GraphThresholdsStyleMode.Off,
      settings: { options: STYLES.map(([value, label]) => ({ value, label })) },
    }),
};
