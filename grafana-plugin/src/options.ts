import type { PanelOptionsEditorBuilder } from '@grafana/data';
import type { Overrides } from './capture/detect';
import { MEANING, ROLES } from './capture/roles';
import { FieldNameEditor } from './parts/FieldNameEditor';
import { VIEWS, type ViewId } from './views';
import { addBudgetOptions, BUDGET_DEFAULTS } from './views/budgetOptions';
import { addCorrelationOptions, CORRELATION_DEFAULTS } from './views/correlationOptions';
import { addPathOptions, PATH_DEFAULTS } from './views/pathOptions';
import { addTimelineOptions, TIMELINE_DEFAULTS } from './views/timelineOptions';
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
