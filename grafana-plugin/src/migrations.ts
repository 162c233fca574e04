import type { PanelMigrationHandler } from '@grafana/data';
import { ROLES } from './capture/roles';
import { DEFAULTS, type PanelOptions } from './options';
import { VIEWS } from './views';

/**
 * Options as an older version saved them, as this one has them. 0.1.0 knew two views and four fields, and kept an emptied
 * field as an empty text.
 */
export const migrate: PanelMigrationHandler<PanelOptions> = ({ options: saved }) => {
  const fields = ROLES.flatMap((role) => (saved.fields?.[role] ? [[role, saved.fields[role]]] : []));
  return {
    ...DEFAULTS,
    ...saved,
    view: VIEWS.some(({ id }) => id === saved.view) ? saved.view : DEFAULTS.view,
    budget: { ...DEFAULTS.budget, ...saved.budget },
    path: { ...DEFAULTS.path, ...saved.path },
    fields: Object.fromEntries(fields),
  };
};
