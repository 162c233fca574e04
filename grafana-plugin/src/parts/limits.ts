import { GraphThresholdsStyleMode } from '@grafana/ui';
import type { Capture } from '../capture/capture';
import type { Role } from '../capture/roles';
import type { Limits } from '../plot/thresholds';
import { fieldOf } from './formats';

/** What the panel adds to a field's standard settings. */
export interface FieldSettings {
  readonly thresholdsStyle?: { readonly mode?: GraphThresholdsStyleMode };
}

/** The thresholds of a role, where the user has set some and wants to see them. */
export function limitsOf(capture: Capture, role: Role): Limits | null {
  const config = fieldOf(capture, role)?.config;
  const style = (config?.custom as FieldSettings | undefined)?.thresholdsStyle?.mode;
  return config?.thresholds && style && style !== GraphThresholdsStyleMode.Off
    ? { thresholds: config.thresholds, style }
    : null;
}
