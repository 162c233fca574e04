import type { Alert } from './alert.js';
import { costAlerts } from './cost.js';
import { dropAlerts } from './drops.js';
import { lossAlerts } from './loss.js';
import { ownAlerts } from './trapline.js';

export { type Alert, type AlertTemplate, runbookOf, secondsOf } from './alert.js';
export { CAPTURE_LOSS } from './loss.js';
export { OWN } from './trapline.js';

/** Every alert that ships. */
export const alerts: readonly Alert[] = [...lossAlerts, ...dropAlerts, ...costAlerts, ...ownAlerts];
