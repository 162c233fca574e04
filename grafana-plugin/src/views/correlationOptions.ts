import type { PanelOptionsEditorBuilder } from '@grafana/data';

/** What the colour of a point tells. */
export type ColorBy = 'time' | 'vm' | 'loss';

export const COLOR_CHOICES: ReadonlyArray<{ value: ColorBy; label: string }> = [
  { value: 'time', label: 'Time' },
  { value: 'vm', label: 'VM' },
  { value: 'loss', label: 'Loss' },
];

/** Points, or how closely cost goes together with throughput at each lag. */
export type Shown = 'points' | 'lags';

export const SHOWN_CHOICES: ReadonlyArray<{ value: Shown; label: string; description: string }> = [
  { value: 'points', label: 'Points', description: 'A point per interval, cost against throughput.' },
  {
    value: 'lags',
    label: 'Lags',
    description: 'How closely cost goes together with an earlier or later throughput.',
  },
];

/** Ways to lay a line through the points. */
export type LineKind = 'leastSquares' | 'theilSen';

export const LINE_CHOICES: ReadonlyArray<{ value: LineKind; label: string; description: string }> = [
  { value: 'leastSquares', label: 'Least squares', description: 'Every point pulls, the far ones most.' },
  {
    value: 'theilSen',
    label: 'Theil–Sen',
    description: 'The median slope between two points: outliers do not move it.',
  },
];

/** Equal steps, or powers of ten, at equal distances. */
export type AxisScale = 'linear' | 'log';

export const SCALE_CHOICES: ReadonlyArray<{ value: AxisScale; label: string }> = [
  { value: 'linear', label: 'Linear' },
  { value: 'log', label: 'Logarithmic' },
];

/** What a dashboard saves of the correlation view. */
export interface CorrelationOptions {
  readonly shown: Shown;
  readonly colorBy: ColorBy;
  readonly lines: readonly LineKind[];
  readonly knee: boolean;
  readonly xScale: AxisScale;
  readonly yScale: AxisScale;
}

export const CORRELATION_DEFAULTS: CorrelationOptions = {
  shown: 'points',
  colorBy: 'time',
  lines: ['leastSquares'],
  knee: true,
  xScale: 'linear',
  yScale: 'linear',
};

export function addCorrelationOptions<Options extends CorrelationOptions & { readonly view: string }>(
  builder: PanelOptionsEditorBuilder<Options>,
): void {
  const category = ['Correlation'];
  const showIf = ({ view }: { readonly view: string }) => view === 'correlation';
  builder
    .addRadio({
      path: 'shown',
      name: 'Show',
      category,
      defaultValue: CORRELATION_DEFAULTS.shown,
      settings: { options: [...SHOWN_CHOICES] },
      showIf,
    })
    .addRadio({
      path: 'colorBy',
      name: 'Colour points by',
      category,
      defaultValue: CORRELATION_DEFAULTS.colorBy,
      settings: { options: [...COLOR_CHOICES] },
      showIf,
    })
    .addMultiSelect({
      path: 'lines',
      name: 'Lines',
      category,
      // Grafana's type knows only one choice, its editor many.
      defaultValue: CORRELATION_DEFAULTS.lines as unknown as LineKind,
      settings: { options: [...LINE_CHOICES] },
      showIf,
    })
    .addBooleanSwitch({
      path: 'knee',
      name: 'Mark the knee',
      description: 'Where the price of one more packet at least doubles: throughput stops following.',
      category,
      defaultValue: CORRELATION_DEFAULTS.knee,
      showIf,
    });
  for (const [path, name] of [
    ['xScale', 'Scale of throughput'],
    ['yScale', 'Scale of cost'],
  ] as const) {
    builder.addRadio({
      path,
      name,
      category,
      defaultValue: CORRELATION_DEFAULTS[path],
      settings: { options: [...SCALE_CHOICES] },
      showIf,
    });
  }
}
