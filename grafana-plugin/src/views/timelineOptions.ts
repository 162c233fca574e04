import type { PanelOptionsEditorBuilder } from '@grafana/data';

/** A number that stands for all values of a line. */
export type Calc = 'mean' | 'min' | 'max' | 'last';

export const CALC_CHOICES: ReadonlyArray<{ value: Calc; label: string }> = [
  { value: 'mean', label: 'Mean' },
  { value: 'min', label: 'Min' },
  { value: 'max', label: 'Max' },
  { value: 'last', label: 'Last' },
];

/** What a dashboard saves of the timeline. */
export interface TimelineOptions {
  /** Numbers beside the names in the legend. */
  readonly calcs: readonly Calc[];
}

export const TIMELINE_DEFAULTS: TimelineOptions = { calcs: ['mean', 'max'] };

export function addTimelineOptions<Options extends TimelineOptions & { readonly view: string }>(
  builder: PanelOptionsEditorBuilder<Options>,
): void {
  builder.addMultiSelect({
    path: 'calcs',
    name: 'Legend values',
    category: ['Timeline'],
    // Grafana's type knows only one choice, its editor many.
    defaultValue: TIMELINE_DEFAULTS.calcs as unknown as Calc,
    settings: { options: [...CALC_CHOICES] },
    showIf: ({ view }) => view === 'timeline',
  });
}

/** The values of a line in one number; null where it has none. Gaps do not count. */
export function calculate(calc: Calc, values: ReadonlyArray<number | null>): number | null {
  const present = values.filter((value) => value !== null);
  if (present.length === 0) {
    return null;
  }
  switch (calc) {
    case 'mean':
      return present.reduce((sum, value) => sum + value, 0) / present.length;
    case 'min':
      return present.reduce((a, b) => Math.min(a, b));
    case 'max':
      return present.reduce((a, b) => Math.max(a, b));
    case 'last':
      return present.at(-1)!;
  }
}
