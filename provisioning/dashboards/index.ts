import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { appliance } from './appliance.js';
import { experiment } from './experiment.js';
import { fleet } from './fleet.js';
import { host } from './host.js';
import { trapline } from './trapline.js';

/** Every dashboard that ships, by the name of its file. */
export const dashboards: ReadonlyMap<string, Dashboard> = new Map(
  Object.entries({
    fleet: fleet(),
    appliance: appliance(),
    host: host(),
    experiment: experiment(),
    trapline: trapline(),
  }),
);
