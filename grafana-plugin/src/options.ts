import type { PanelOptionsEditorBuilder } from '@grafana/data';
import type { Overrides } from './capture/detect';
import { MEANING, ROLES } from './capture/roles';
import { FieldNameEditor } from './parts/FieldNameEditor';
import { VIEWS, type ViewId } from './views';
import { addBudgetOptions, BUDGET_DEFAULTS } from './views/budgetOptions';
import {
  addCorrelationOptions,
  COLOR_CHOICES,
  CORRELATION_DEFAULTS,
  LINE_CHOICES,
  SCALE_CHOICES as AXIS_CHOICES,
  SHOWN_CHOICES,
} from './views/correlationOptions';
import { addPathOptions, PATH_DEFAULTS, SCALE_CHOICES as PATH_CHOICES } from './views/pathOptions';
import { addTimelineOptions, CALC_CHOICES, TIMELINE_DEFAULTS } from './views/timelineOptions';
import type { ViewOptions } from './views/view';

/** The panel's options as saved in a dashboard. */
export interface PanelOptions extends ViewOptions {
  readonly view: ViewId;
  readonly fields: Overrides;
}

export const DEFAULTS: PanelOptions = {
  view: 'correlation',
  ...CORRELATION_DEFAULTS,
  ...TIMELINE_DEFAULTS,
  ...BUDGET_DEFAULTS,
  ...PATH_DEFAULTS,
  fields: {},
};

/**
 * Options as they are used: whatever a dashboard saved that this panel cannot work with (null, another type, a choice that
 * does not exist) is the default.
 */
export function completeOptions(saved: unknown): PanelOptions {
  const one = recordIn(saved);
  const [budget, path, fields] = [recordIn(one['budget']), recordIn(one['path']), recordIn(one['fields'])];
  const { budget: line } = DEFAULTS;
  return {
    ...one,
    view: chosenOf(
      VIEWS.map(({ id }) => id),
      one['view'],
      DEFAULTS.view,
    ),
    shown: chosenOf(valuesOf(SHOWN_CHOICES), one['shown'], DEFAULTS.shown),
    colorBy: chosenOf(valuesOf(COLOR_CHOICES), one['colorBy'], DEFAULTS.colorBy),
    lines: someOf(valuesOf(LINE_CHOICES), one['lines'], DEFAULTS.lines),
    knee: typeof one['knee'] === 'boolean' ? one['knee'] : DEFAULTS.knee,
    xScale: chosenOf(valuesOf(AXIS_CHOICES), one['xScale'], DEFAULTS.xScale),
    yScale: chosenOf(valuesOf(AXIS_CHOICES), one['yScale'], DEFAULTS.yScale),
    calcs: someOf(valuesOf(CALC_CHOICES), one['calcs'], DEFAULTS.calcs),
    budget: {
      cores: above0(budget['cores'], line.cores),
      link: above0(budget['link'], line.link),
      frame: above0(budget['frame'], line.frame),
    },
    path: { scale: chosenOf(valuesOf(PATH_CHOICES), path['scale'], DEFAULTS.path.scale) },
    fields: Object.fromEntries(
      ROLES.flatMap((role) => {
        const name = fields[role];
        return typeof name === 'string' && name !== '' ? [[role, name]] : [];
      }),
    ),
  };
}

const recordIn = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

const valuesOf = <T>(choices: ReadonlyArray<{ readonly value: T }>): T[] => choices.map(({ value }) => value);

const chosenOf = <T>(choices: readonly T[], saved: unknown, otherwise: T): T =>
  choices.find((choice) => choice === saved) ?? otherwise;

const someOf = <T>(choices: readonly T[], saved: unknown, otherwise: readonly T[]): readonly T[] =>
  Array.isArray(saved) ? choices.filter((choice) => saved.includes(choice)) : otherwise;

const above0 = (saved: unknown, otherwise: number): number =>
  typeof saved === 'number' && saved > 0 && Number.isFinite(saved) ? saved : otherwise;

export function addOptions(builder: PanelOptionsEditorBuilder<PanelOptions>): void {
  builder.addRadio({
    path: 'view',
    name: 'View',
    defaultValue: DEFAULTS.view,
    settings: { options: VIEWS.map(({ id, label, description }) => ({ value: id, label, description })) },
  });
  addCorrelationOptions(builder);
  addTimelineOptions(builder);
  addBudgetOptions(builder);
  addPathOptions(builder);
  addFieldOptions(builder);
}

/** A choice for every role that the view uses, so that none has to be found by its name. */
function addFieldOptions(builder: PanelOptionsEditorBuilder<PanelOptions>): void {
  for (const role of ROLES) {
    builder.addCustomEditor({
      id: `fields.${role}`,
      path: `fields.${role}`,
      category: ['Fields'],
      name: role[0]!.toUpperCase() + role.slice(1),
      description: `${MEANING[role]}. Empty: found by query name, field name and unit.`,
      editor: FieldNameEditor,
      showIf: ({ view }) => VIEWS.some(({ id, uses }) => id === view && uses.includes(role)),
    });
  }
}
