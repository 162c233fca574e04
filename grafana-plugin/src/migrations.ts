import type { PanelMigrationHandler } from '@grafana/data';
import { completeOptions, type PanelOptions } from './options';

/**
 * Options as an older version saved them, as this one has them. 0.1.0 knew two views and four fields, and kept an emptied
 * field as an empty text.
 */
export const migrate: PanelMigrationHandler<PanelOptions> = ({ options: saved }) => completeOptions(saved);
